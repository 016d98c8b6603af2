package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

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
        JobCarrier.Packer<Object> packer = carrier.packer(() -> fail("asked"), () -> fail("asked"));
        assertThat(packer.pack(job)).isSameAs(job);
        assertThat(packer.packAll(jobs)).isSameAs(jobs);
        assertThat(packer.contexts()).isSameAs(Contexts.NONE);
        assertThat(carrier.unpacking(handler)).isSameAs(handler);
    }
}
