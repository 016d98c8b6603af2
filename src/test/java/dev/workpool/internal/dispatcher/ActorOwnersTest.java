package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.Effect;
import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.internal.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is watched, and until when. */
class ActorOwnersTest {
    private final ActorRef<String> owner = TestInbox.<String>create("owner").getRef();
    private final ActorRef<String> other = TestInbox.<String>create("other").getRef();
    private final List<ActorOwners<Integer, Integer>> made = new ArrayList<>();
    private final BehaviorTestKit<Object> kit = BehaviorTestKit.create(Behaviors.setup(context -> {
        made.add(new ActorOwners<>(context));
        return Behaviors.receive(Object.class)
                .onMessage(Runnable.class, step -> {
                    step.run();
                    return Behaviors.same();
                })
                .build();
    }));
    private final ActorOwners<Integer, Integer> owners = made.get(0);
    private final List<Runnable> completions = new ArrayList<>();

    private record Named(int nth) implements Request<Integer, Integer> {
        @Override
        public void refuse(Closed closed) {
            throw new UnsupportedOperationException();
        }
    }

    private Request<Integer, Integer> own(ActorRef<String> by) {
        List<Request<Integer, Integer>> requests = new ArrayList<>();
        run(() -> requests.add(owners.<Request<Integer, Integer>>own(
                by,
                done -> {
                    completions.add(done);
                    return new Named(completions.size());
                },
                request -> request)));
        return requests.get(0);
    }

    /** Completes the work that was submitted as the nth, from 0. */
    private void complete(int nth) {
        completions.get(nth).run();
        ActorOwners.Complete complete = (ActorOwners.Complete) kit.selfInbox().receiveMessage();
        run(() -> owners.onComplete(complete));
    }

    private List<Request<Integer, Integer>> gone(ActorRef<String> owner) {
        List<Request<Integer, Integer>> cancellations = new ArrayList<>();
        run(() -> cancellations.addAll(owners.onGone(new ActorOwners.Gone(owner))));
        return cancellations;
    }

    private void run(Runnable step) {
        kit.run(step);
    }

    private String effects() {
        return kit.getAllEffects().stream()
                .map(effect -> effect instanceof Effect.WatchedWith<?, ?> watched
                        ? "watch " + watched.other().path().name()
                        : effect instanceof Effect.Unwatched<?> unwatched
                                ? "unwatch " + unwatched.other().path().name()
                                : effect.toString())
                .collect(Collectors.joining(", "));
    }

    @Test
    void anOwnerIsWatchedOnceAndUntilTheLastOfItsWorkIsComplete() {
        own(owner);
        own(owner);
        own(other);
        own(owner);
        assertThat(effects()).isEqualTo("watch owner, watch other");
        complete(1);
        complete(0);
        assertThat(effects()).isEmpty();
        complete(3);
        assertThat(effects()).isEqualTo("unwatch owner");
        complete(2);
        assertThat(effects()).isEqualTo("unwatch other");
        own(owner);
        assertThat(effects()).isEqualTo("watch owner");
    }

    @Test
    void whatIsNotCompleteIsCancelledWithItsOwner() {
        own(owner);
        Request<Integer, Integer> second = own(owner);
        own(other);
        Request<Integer, Integer> fourth = own(owner);
        complete(0);
        assertThat(gone(owner)).containsExactly(fourth, second);
        assertThat(gone(owner)).isEmpty();
        assertThat(effects()).isEqualTo("watch owner, watch other");
        complete(1); // what it was cancelled for: nobody is watched any more
        assertThat(effects()).isEmpty();
    }

    @Test
    void workMayBeCompleteTwice() {
        own(owner);
        own(owner);
        complete(0);
        complete(0);
        assertThat(effects()).isEqualTo("watch owner");
    }

    @Test
    void anOwnerThatHasGoneIsWatchedAgainForWhatComesLater() {
        own(owner);
        gone(owner);
        Request<Integer, Integer> late = own(owner);
        assertThat(effects()).isEqualTo("watch owner, watch owner");
        complete(0); // of its first life
        assertThat(effects()).isEmpty();
        assertThat(gone(owner)).containsExactly(late);
    }
}
