package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.JobContext;
import dev.workpool.settings.ContextPropagator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CarryingJobContextTest {
    private final List<String> calls = new ArrayList<>();
    private final List<JobContext.CancelAction> onCancel = new ArrayList<>();

    /** Answers each method with something of its own. */
    private final JobContext job = (JobContext) Proxy.newProxyInstance(
            JobContext.class.getClassLoader(), new Class<?>[] {JobContext.class}, (proxy, method, arguments) -> {
                calls.add(method.getName());
                if (method.getName().equals("onCancel")) {
                    onCancel.add((JobContext.CancelAction) arguments[0]);
                }
                return answer(method, arguments);
            });

    private static Object answer(Method method, Object[] arguments) {
        Class<?> type = method.getReturnType();
        if (type == int.class) {
            return 10 + method.getName().length();
        } else if (type == boolean.class) {
            return true;
        } else if (type == Optional.class) {
            return Optional.of(Instant.EPOCH);
        }
        return type == void.class ? null : arguments[0];
    }

    private final ContextPropagator<String> propagator = new ContextPropagator<>() {
        @Override
        public String capture() {
            return "context";
        }

        @Override
        public Scope attach(String captured) {
            calls.add("+" + captured);
            return () -> calls.add("-" + captured);
        }
    };

    private final JobContext carrying = new CarryingJobContext(job, Contexts.capture(List.of(propagator)));

    /** One that was added later, with a default, is not to answer for itself. */
    @Test
    void everyMethodIsTheJobs() throws IllegalAccessException, InvocationTargetException {
        int methods = 0;
        for (Method method : JobContext.class.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                calls.clear();
                Object[] arguments = new Object[method.getParameterCount()];
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = argument(method.getParameterTypes()[i]);
                }
                Object answer = method.invoke(carrying, arguments);
                assertThat(calls).as("%s", method).containsExactly(method.getName());
                assertThat(answer).as("%s", method).isEqualTo(answer(method, arguments));
                methods++;
            }
        }
        assertThat(methods).isGreaterThanOrEqualTo(6);
    }

    private static Object argument(Class<?> type) {
        if (type == JobContext.CancelAction.class) {
            return (JobContext.CancelAction) () -> {};
        } else if (type == Duration.class) {
            return Duration.ofSeconds(1);
        } else if (type == long.class) {
            return 1L;
        } else if (type == String.class) {
            return "note";
        } else if (type == CompletableFuture.class) {
            return new CompletableFuture<>();
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("equals")) {
                return proxy == arguments[0];
            }
            throw new AssertionError("nobody calls it");
        });
    }

    @Test
    void anActionUponACancelHasTheSubmittersContexts() throws Exception {
        carrying.onCancel(() -> calls.add("action"));
        calls.clear();
        onCancel.get(0).run();
        assertThat(calls).containsExactly("+context", "action", "-context");
    }

    @Test
    void aNullActionIsRefusedAtOnce() {
        assertThatThrownBy(() -> carrying.onCancel(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("action");
        assertThat(calls).isEmpty();
    }
}
