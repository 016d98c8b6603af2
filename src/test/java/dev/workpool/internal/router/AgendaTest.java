package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.util.TimerQueue;
import org.junit.jupiter.api.Test;

class AgendaTest {

    @Test
    void theRouterLooksWhenTheFirstOfAllHasToBeLookedAfter() {
        Agenda agenda = new Agenda();
        assertThat(agenda.nextNs()).isEqualTo(TimerQueue.NEVER);
        agenda.lookBy(20);
        agenda.lookBy(10);
        agenda.lookBy(30);
        assertThat(agenda.nextNs()).isEqualTo(10);
        agenda.clear();
        assertThat(agenda.nextNs()).isEqualTo(TimerQueue.NEVER);
    }
}
