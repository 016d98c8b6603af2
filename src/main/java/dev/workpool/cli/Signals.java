package dev.workpool.cli;

import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Turns INT, TERM and HUP into a request to stop; a second one ends the process at once, unless it comes together with the first: who
 * forwards a signal to a process and then to its group, as GNU timeout does, is not impatient.
 *
 * <p>A shutdown hook would do for the first one, but the JVM makes a second one wait until the hooks have run. The handlers
 * that do not are {@code sun.misc.Signal}'s, in a module that is supported, but whose use is a warning that cannot be
 * switched off where warnings are errors: hence by reflection. Where it is not to be had (or the JVM was told {@code -Xrs})
 * signals end the process as they always do. A signal that was ignored when the process began stays ignored.
 */
final class Signals {
    private static final String[] NAMES = {"INT", "TERM", "HUP"};
    private static final long TOGETHER_NS = 100_000_000;

    private Signals() {}

    static void install(Stop stop) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Method handle = signal.getMethod("handle", signal, handler);
            Method number = signal.getMethod("getNumber");
            AtomicLong firstNs = new AtomicLong();
            InvocationHandler onCall = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    onSignal(stop, firstNs, ExitStatus.ofSignal((int) number.invoke(arguments[0])));
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "Signals";
            };
            Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, onCall);
            for (String name : NAMES) {
                install(signal.getConstructor(String.class).newInstance(name), handle, proxy);
            }
        } catch (ReflectiveOperationException e) {
            return; // signals keep their usual effect
        }
    }

    private static void install(Object signal, Method handle, Object handler) throws IllegalAccessException {
        try {
            handle.invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            return; // this one keeps its usual effect: the JVM does not let go of it
        }
    }

    /** Each signal comes on a thread of its own. */
    private static void onSignal(Stop stop, AtomicLong firstNs, int status) {
        long now = System.nanoTime();
        boolean first = firstNs.compareAndSet(0, now);
        if (!stop.request(status) && !first && now - firstNs.get() > TOGETHER_NS) {
            stop.kill();
            Runtime.getRuntime().halt(status);
        }
    }
}
