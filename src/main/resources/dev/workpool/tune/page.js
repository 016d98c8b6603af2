(() => {
  const n = report.workers;
  if (!n.length) {
    document.querySelectorAll(".chart").forEach(chart => chart.closest("section").remove());
    return;
  }
  if (!report.fit) document.querySelectorAll(".fitted").forEach(key => key.remove());
  if (!report.recommended) document.querySelectorAll(".chosen").forEach(key => key.tagName === "SPAN" && key.remove());

  const longest = Math.max(...report.p99High.filter(t => t !== null), 0);
  const [unit, factor] = longest >= 1 ? ["s", 1] : longest >= 1e-3 ? ["ms", 1e3] : ["µs", 1e6];
  const inUnit = times => times.map(t => t === null ? null : t * factor);
  document.getElementById("unit").textContent = unit + ", by workers";

  const number = v => v === null || v === undefined ? "-"
    : v.toLocaleString("en", {maximumSignificantDigits: Math.max(3, Math.ceil(Math.log10(Math.abs(v) + 1)))});
  const tick = v => v >= 1e6 ? number(v / 1e6) + "M" : v >= 1e4 ? number(v / 1e3) + "k" : number(v);
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const few = n[0] / 1.12, many = n[n.length - 1] * 1.12;
  const law = w => report.fit.lambda * w / (1 + report.fit.sigma * (w - 1) + report.fit.kappa * w * (w - 1));

  function whiskers(u, low, high, color) {
    const {ctx} = u, cap = 4 * devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    n.forEach((workers, i) => {
      if (low[i] === null) return;
      const x = u.valToPos(workers, "x", true);
      const top = u.valToPos(high[i], "y", true), bottom = u.valToPos(low[i], "y", true);
      ctx.moveTo(x, top); ctx.lineTo(x, bottom);
      ctx.moveTo(x - cap, top); ctx.lineTo(x + cap, top);
      ctx.moveTo(x - cap, bottom); ctx.lineTo(x + cap, bottom);
    });
    ctx.stroke();
    ctx.restore();
  }

  function inPlot(u, draw) {
    const {ctx, bbox} = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    draw(ctx, bbox);
    ctx.restore();
  }

  function recommended(u) {
    if (!report.recommended) return;
    inPlot(u, (ctx, bbox) => {
      const x = u.valToPos(report.recommended, "x", true);
      ctx.strokeStyle = css("--chosen");
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    });
  }

  function curve(u) {
    if (!report.fit) return;
    inPlot(u, ctx => {
      ctx.strokeStyle = css("--fit");
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio]);
      ctx.beginPath();
      for (let i = 0; i <= 200; i++) {
        const w = n[0] * Math.pow(n[n.length - 1] / n[0], i / 200);
        ctx.lineTo(u.valToPos(w, "x", true), u.valToPos(law(w), "y", true));
      }
      ctx.stroke();
    });
  }

  function splits(u) {
    const all = [];
    for (let w = 1; w <= many; w *= 2) if (w >= few) all.push(w);
    const room = Math.max(2, Math.floor(u.width / 45)), step = Math.ceil(all.length / room);
    return all.length > 1 ? all.filter((w, i) => i % step === 0) : n;
  }

  function options(box, top, series, draw) {
    const axis = {stroke: css("--faint"), grid: {stroke: css("--rule"), width: 1}, ticks: {stroke: css("--rule"), width: 1},
      font: "12px system-ui, sans-serif"};
    return {
      width: box.clientWidth, height: box.clientWidth < 500 ? 260 : 340, padding: [10, 14, 0, 0],
      scales: {x: {time: false, distr: 3, log: 2, range: () => [few, many]}, y: {range: () => [0, top * 1.06 || 1]}},
      axes: [
        {...axis, splits, filter: (u, all) => all, values: (u, all) => all.map(number)},
        {...axis, values: (u, all) => all.map(tick), size: (u, all) => 20 + 7.5 * Math.max(...(all || ["0"]).map(v => v.length))},
      ],
      series: [{label: "workers", value: (u, v) => number(v)}, ...series],
      hooks: {drawAxes: [recommended], draw: [draw], ready: [show], setCursor: [u => u.cursor.idx === null && show(u)]},
      cursor: {drag: {x: false, y: false}},
    };
  }

  // Nobody points at anything: the legend has the figures of what is recommended.
  function show(u) {
    u.setLegend({idx: Math.max(0, n.indexOf(report.recommended))}, false);
  }

  const line = (label, color, low, high, unit) => ({
    label, stroke: css(color), width: 1.5, points: {show: true, size: 7, fill: css(color)},
    value: (u, v, s, i) => v === null || v === undefined || i === null ? "-"
      : number(v) + unit + " (" + number(low[i]) + ".." + number(high[i]) + ")",
  });

  const times = Object.fromEntries(["p50", "p50Low", "p50High", "p99", "p99Low", "p99High"].map(k => [k, inUnit(report[k])]));
  let charts = [];
  function draw() {
    charts.forEach(({chart}) => chart.destroy());
    const first = document.getElementById("throughput"), second = document.getElementById("time");
    const most = Math.max(...report.throughputHigh, ...(report.fit ? n.map(law) : [0]));
    charts = [
      {box: first, chart: new uPlot(
        options(first, most, [line("jobs/s", "--first", report.throughputLow, report.throughputHigh, "")], u => {
          curve(u);
          whiskers(u, report.throughputLow, report.throughputHigh, css("--first"));
        }), [n, report.throughput], first)},
      {box: second, chart: new uPlot(
        options(second, longest * factor, [
          line("p99", "--second", times.p99Low, times.p99High, " " + unit),
          line("p50", "--third", times.p50Low, times.p50High, " " + unit),
        ], u => whiskers(u, times.p99Low, times.p99High, css("--second"))), [n, times.p99, times.p50], second)},
    ];
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) { // a phone's bars come and go with scrolling
      width = innerWidth;
      draw();
    }
  });
})();
