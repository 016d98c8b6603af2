package dev.workpool.settings;

import java.util.Objects;
import java.util.function.Function;

/** Keeps the functions that say which job it is, as one. They are no setting of the configuration, which has no functions. */
final class DescriberSettings {
    private static final String JOB_DESCRIBER = "job-describer";

    private DescriberSettings() {}

    static <J> SettingsReader with(SettingsReader reader, Class<J> type, Function<? super J, String> describer) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(describer, "describer");
        Function<Object, String> others = of(reader);
        Function<Object, String> ofType =
                job -> type.isInstance(job) ? describer.apply(type.cast(job)) : others.apply(job);
        return reader.withObject(JOB_DESCRIBER, ofType);
    }

    @SuppressWarnings("unchecked") // put in above
    static Function<Object, String> of(SettingsReader reader) {
        return reader.object(JOB_DESCRIBER, Function.class)
                .orElse((Function<Object, String>) DescriberSettings::byClass);
    }

    private static String byClass(Object job) {
        return job.getClass().getName();
    }
}
