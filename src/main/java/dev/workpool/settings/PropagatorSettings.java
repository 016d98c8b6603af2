package dev.workpool.settings;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Makes the {@link ContextPropagator}s that a pool's settings name. */
final class PropagatorSettings {
    static final String CONTEXT_PROPAGATORS = "context-propagators";

    private static final String ALLOWED =
            "a list of \"mdc\" and names of public classes that are ContextPropagators and have a public constructor without arguments";

    private PropagatorSettings() {}

    /** A reader that has them as objects, so that they are made once, however often the settings are changed. */
    static SettingsReader make(SettingsReader reader) {
        List<ContextPropagator<?>> made = new ArrayList<>();
        for (String name : reader.strings(CONTEXT_PROPAGATORS, ALLOWED)) {
            made.add("mdc".equals(name) ? ContextPropagator.mdc() : make(reader, name));
        }
        return with(reader, made);
    }

    static SettingsReader with(SettingsReader reader, List<ContextPropagator<?>> propagators) {
        propagators.forEach(each -> Objects.requireNonNull(each, CONTEXT_PROPAGATORS));
        return reader.withObject(CONTEXT_PROPAGATORS, List.copyOf(propagators));
    }

    @SuppressWarnings("unchecked") // put in above
    static List<ContextPropagator<?>> of(SettingsReader reader) {
        return (List<ContextPropagator<?>>)
                reader.object(CONTEXT_PROPAGATORS, List.class).orElseThrow();
    }

    private static ContextPropagator<?> make(SettingsReader reader, String name) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            ClassLoader loader = context == null ? PropagatorSettings.class.getClassLoader() : context;
            return Class.forName(name, true, loader)
                    .asSubclass(ContextPropagator.class)
                    .getConstructor()
                    .newInstance();
        } catch (InvocationTargetException e) { // it may say what it needs
            throw reader.notAllowed(
                    CONTEXT_PROPAGATORS,
                    ALLOWED + ", which " + name + " is not: " + e.getCause().getMessage(),
                    e);
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            throw reader.notAllowed(CONTEXT_PROPAGATORS, ALLOWED + ", which " + name + " is not", e);
        }
    }
}
