package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InterruptsTest {

    @Test
    void whatUsersCodeLeavesBehindIsCleared() {
        boolean own = Interrupts.own();
        assertThat(own).isFalse();
        Thread.currentThread().interrupt();
        Interrupts.clearUnless(own);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void anInterruptThatTheThreadCameWithStays() {
        Thread.currentThread().interrupt();
        boolean own = Interrupts.own();
        Interrupts.clearUnless(own);
        assertThat(Thread.interrupted()).isTrue();
    }
}
