package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.settings.ContextPropagator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContextsTest {
    private final List<String> log = new ArrayList<>();
    private String current = "submitter";

    private enum Fault {
        NONE,
        ATTACH,
        NULL_SCOPE,
        CLOSE
    }

    private ContextPropagator<String> propagator(String name, Fault fault) {
        return new ContextPropagator<>() {
            @Override
            public String capture() {
                return name + " of " + current;
            }

            @Override
            public Scope attach(String captured) {
                if (fault == Fault.ATTACH) {
                    throw new IllegalStateException("attach of " + name);
                }
                log.add("+" + captured);
                return fault == Fault.NULL_SCOPE
                        ? null
                        : () -> {
                            log.add("-" + captured);
                            if (fault == Fault.CLOSE) {
                                throw new IllegalStateException("close of " + name);
                            }
                        };
            }
        };
    }

    private Contexts capture(Fault second) {
        return Contexts.capture(
                List.of(propagator("a", Fault.NONE), propagator("b", second), propagator("c", Fault.NONE)));
    }

    @Test
    void whatWasCapturedIsPutInPlaceAndTakenAwayTheOtherWayRound() {
        Contexts contexts = capture(Fault.NONE);
        current = "worker";
        ContextPropagator.Scope scope = contexts.attach();
        assertThat(log).containsExactly("+a of submitter", "+b of submitter", "+c of submitter");
        log.clear();
        scope.close();
        assertThat(log).containsExactly("-c of submitter", "-b of submitter", "-a of submitter");
    }

    @Test
    void ifOneCannotBePutInPlaceNoneIs() {
        Contexts contexts = capture(Fault.ATTACH);
        assertThatThrownBy(contexts::attach).hasMessage("attach of b");
        assertThat(log).containsExactly("+a of submitter", "-a of submitter");
    }

    @Test
    void aNullScopeIsNamedByItsIndex() {
        Contexts contexts = capture(Fault.NULL_SCOPE);
        assertThatThrownBy(contexts::attach)
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the context propagator at index 1 returned a null scope");
        assertThat(log).endsWith("-a of submitter");
    }

    @Test
    void oneThatCannotBeTakenAwayKeepsNoOtherInPlace() {
        capture(Fault.CLOSE).attach().close();
        assertThat(log).endsWith("-c of submitter", "-b of submitter", "-a of submitter");
    }

    @Test
    void whatHasToRunRunsWithoutThemIfItMust() throws Exception {
        capture(Fault.NONE).run(() -> log.add("action"));
        assertThat(log.indexOf("action")).isEqualTo(3);
        assertThat(log).hasSize(7);
        log.clear();
        capture(Fault.ATTACH).run(() -> log.add("action"));
        assertThat(log).containsExactly("+a of submitter", "-a of submitter", "action");
    }

    @Test
    void theyAreTakenAwayFromAnActionThatThrows() {
        Contexts contexts = capture(Fault.NONE);
        assertThatThrownBy(() -> contexts.run(() -> {
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(log).endsWith("-a of submitter");
    }

    @Test
    void withoutPropagatorsNothingIsMade() {
        assertThat(Contexts.NONE.attach()).isSameAs(Contexts.NOTHING);
    }
}
