package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is on the path of a pool that carries no contexts: nothing. */
class JobCarrierTest {
    @Test
    void withoutPropagatorsEverythingIsHandedOnAsItIs() {
        JobCarrier<Object> carrier = JobCarrier.of(List.of());
        Object job = new Object();
        List<Object> jobs = new ArrayList<>();
        Handler<Object, Object> handler = new Handler.Simple<>(each -> each);
        assertThat(carrier.pack(job)).isSameAs(job);
        assertThat(carrier.packer().pack(job)).isSameAs(job);
        assertThat(carrier.packer().packAll(jobs)).isSameAs(jobs);
        assertThat(carrier.packer().contexts()).isSameAs(Contexts.NONE);
        assertThat(carrier.unpacking(handler)).isSameAs(handler);
    }
}
