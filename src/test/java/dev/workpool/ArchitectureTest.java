package dev.workpool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Imports point one way: cli → tune, stream → the face → actor → policies, outcomes and other plain types. */
@AnalyzeClasses(packages = "dev.workpool", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String FACE_PACKAGE = "dev.workpool";
    private static final String TUNING_PACKAGE = "dev.workpool.tune";
    private static final String ACTOR = "dev.workpool.actor..";

    /** Of package dev.workpool, those that know the actors. All others there are plain types. */
    private static final Set<String> FACE =
            Set.of("WorkerPool", "Batch", "Processing", "SubmittedJob", "PoolExecutor", "PoolTask");

    /** Of package dev.workpool.actor, those that know no Akka. */
    private static final Set<String> PURE = Set.of(
            "AdaptiveThrottle",
            "AddressableHeap",
            "ArrivalQueue",
            "AsyncRunner",
            "BatchLedger",
            "BatchReceiver",
            "BatchSubmission",
            "BlockingRunner",
            "CallbackExecutor",
            "CarryingJobContext",
            "Chunk",
            "ChunkKey",
            "ChunkSizer",
            "ConsumerCalls",
            "Contexts",
            "FailedAttempts",
            "ErrorGraph",
            "ErrorLinking",
            "FixedThrottle",
            "GuardedFuture",
            "Inlet",
            "InletReader",
            "Intake",
            "InterruptDelivery",
            "Interrupts",
            "IteratorSource",
            "JobCarrier",
            "JobQueue",
            "Lanes",
            "Ledger",
            "Notice",
            "LongWork",
            "OutOfMemory",
            "PublisherSource",
            "Puller",
            "Reordering",
            "Segment",
            "Steps",
            "StreamLedger",
            "StreamSubmission",
            "Window",
            "Timeline",
            "Pending",
            "PoolGuard",
            "PoolThread",
            "RateLimiter",
            "RepeatedWarning",
            "Request",
            "RetryBudget",
            "RunningJob",
            "SerialExecutor",
            "Single",
            "SingleThreadExecutor",
            "SinglesLedger",
            "SinglesQueue",
            "StackGuard",
            "Surroundings",
            "Tally",
            "ThreadAttributes",
            "Throttle",
            "Throttling",
            "ThreadStarts",
            "TimeLimits",
            "TimeoutErrors",
            "Turns",
            "WaitingSubmitters",
            "WorkerThreads");

    /** Whose messages and refs they may hand on, without a call to Akka. */
    private static final Set<String> CARRIERS = Set.of(
            "Slice",
            "Slot",
            "Task",
            "Assignment",
            "Runner",
            "Line",
            "Crew",
            "DivisibleChunks",
            "ChunksOut",
            "Places",
            "IdleWorkers");

    /** The public types and their kind. A type becomes public on purpose: then it is added here. */
    private static final Map<String, String> PUBLIC = Map.ofEntries(
            Map.entry("AsyncJobHandler", "interface"),
            Map.entry("Batch", "class"),
            Map.entry("BatchFailedException", "class"),
            Map.entry("BatchOptions", "class"),
            Map.entry("BatchProgress", "record"),
            Map.entry("BatchResult", "class"),
            Map.entry("BatchResult$Failure", "record"),
            Map.entry("ContextPropagator", "interface"),
            Map.entry("ContextPropagator$Scope", "interface"),
            Map.entry("HaltPolicy", "class"),
            Map.entry("JobContext", "interface"),
            Map.entry("JobHandler", "interface"),
            Map.entry("JobHandler$Simple", "interface"),
            Map.entry("Outcome", "sealed interface"),
            Map.entry("Outcome$Cancelled", "record"),
            Map.entry("Outcome$Failed", "record"),
            Map.entry("Outcome$Rejected", "record"),
            Map.entry("Outcome$Succeeded", "record"),
            Map.entry("Outcome$TimedOut", "record"),
            Map.entry("OutcomeConsumer", "interface"),
            Map.entry("PoolCommand", "sealed interface"),
            Map.entry("PoolCommand$Abort", "record"),
            Map.entry("PoolCommand$CancelBatch", "record"),
            Map.entry("PoolCommand$Drain", "record"),
            Map.entry("PoolCommand$GetStats", "record"),
            Map.entry("PoolCommand$Pause", "record"),
            Map.entry("PoolCommand$Resize", "record"),
            Map.entry("PoolCommand$Resume", "record"),
            Map.entry("PoolCommand$SetRateLimit", "record"),
            Map.entry("PoolCommand$Submit", "record"),
            Map.entry("PoolCommand$SubmitAll", "record"),
            Map.entry("PoolExecutor", "class"),
            Map.entry("PoolStats", "record"),
            Map.entry("Processing", "class"),
            Map.entry("RateLimit", "record"),
            Map.entry("RetryPolicy", "class"),
            Map.entry("StreamConsumer", "interface"),
            Map.entry("StreamOptions", "class"),
            Map.entry("WhenFull", "enum"),
            Map.entry("WorkerPool", "class"),
            Map.entry("WorkerPoolSettings", "class"));

    /** The same of tuning. */
    private static final Map<String, String> PUBLIC_OF_TUNING = Map.ofEntries(
            Map.entry("Bottleneck", "enum"),
            Map.entry("Estimate", "record"),
            Map.entry("ScalabilityFit", "record"),
            Map.entry("TuneEnding", "enum"),
            Map.entry("TunePage", "class"),
            Map.entry("TunePoint", "record"),
            Map.entry("TuneProgress", "record"),
            Map.entry("TuneReport", "record"),
            Map.entry("TuneText", "class"),
            Map.entry("Tuner", "class"),
            Map.entry("Tuning", "class"));

    private static String fileOf(JavaClass type) {
        String name = type.getName().substring(type.getPackageName().length() + 1);
        return name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    }

    private static DescribedPredicate<JavaClass> in(Set<String> files) {
        return DescribedPredicate.describe("of " + files, type -> files.contains(fileOf(type)));
    }

    private static DescribedPredicate<JavaClass> face() {
        return resideInAPackage(FACE_PACKAGE).and(in(FACE)).as("the face");
    }

    @ArchTest
    static final ArchRule plainTypesKnowNoActors = noClasses()
            .that(resideInAPackage(FACE_PACKAGE).and(DescribedPredicate.not(in(FACE))))
            .should()
            .dependOnClassesThat(resideInAPackage(ACTOR).or(face()));

    @ArchTest
    static final ArchRule actorsKnowNobodyAboveThem = noClasses()
            .that(resideInAPackage(ACTOR))
            .should()
            .dependOnClassesThat(face().or(
                            resideInAnyPackage("dev.workpool.cli..", "dev.workpool.stream..", "dev.workpool.tune..")));

    @ArchTest
    static final ArchRule theFaceKnowsNobodyAboveIt = noClasses()
            .that(resideInAPackage(FACE_PACKAGE))
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("dev.workpool.cli..", "dev.workpool.stream..", "dev.workpool.tune.."));

    @ArchTest
    static final ArchRule theCommandLineUsesTheFaceLikeAnybody = noClasses()
            .that(resideInAPackage("dev.workpool.cli.."))
            .should()
            .dependOnClassesThat(resideInAPackage(ACTOR))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule tuningUsesTheFaceLikeAnybody = noClasses()
            .that(resideInAPackage("dev.workpool.tune.."))
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("dev.workpool.actor..", "dev.workpool.stream..", "dev.workpool.cli.."));

    /** What measures, decides and draws conclusions can be tested without a pool, and is. */
    @ArchTest
    static final ArchRule onlyTheTunerAndItsRoundsKnowPools = noClasses()
            .that(resideInAPackage("dev.workpool.tune..")
                    .and(DescribedPredicate.not(in(Set.of("Tuner", "Tuning", "PoolRounds")))))
            .should()
            .dependOnClassesThat(resideInAPackage("akka..").or(resideInAPackage(FACE_PACKAGE)));

    @ArchTest
    static final ArchRule nobodyKnowsTheCommandLine = noClasses()
            .that(DescribedPredicate.not(resideInAPackage("dev.workpool.cli..")))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.workpool.cli.."));

    @ArchTest
    static final ArchRule pureClassesKnowNoAkka = noClasses()
            .that(resideInAPackage(ACTOR).and(in(PURE)))
            .should()
            .dependOnClassesThat(resideInAPackage("akka.."));

    @ArchTest
    static final ArchRule carriersHoldRefsAtMost = noClasses()
            .that(resideInAPackage(ACTOR).and(in(CARRIERS)))
            .should()
            .dependOnClassesThat(resideInAPackage("akka..")
                    .and(DescribedPredicate.not(resideInAPackage("akka.actor.typed")
                            .and(DescribedPredicate.describe(
                                    "ActorRef", type -> type.getSimpleName().equals("ActorRef"))))));

    /** Whoever does without them need not have the library on the class path. */
    @ArchTest
    static final ArchRule adaptiveThrottlesAloneKnowTheLimit = noClasses()
            .that(DescribedPredicate.not(in(Set.of("AdaptiveThrottle"))))
            .should()
            .dependOnClassesThat(resideInAPackage("com.netflix.."));

    @ArchTest
    static final ArchRule onlyThePoolChoosesAThrottle = noClasses()
            .that(resideInAPackage(ACTOR).and(DescribedPredicate.not(in(Set.of("AdaptiveThrottle", "Throttling")))))
            .should()
            .dependOnClassesThat(resideInAPackage(ACTOR).and(in(Set.of("AdaptiveThrottle"))));

    @ArchTest
    static final ArchRule nothingSleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class);

    @ArchTest
    static final ArchRule actorsDoNotBlock = noClasses()
            .that(in(Set.of("Dispatcher", "Router", "Worker", "Collector", "Crew", "Backlog")))
            .should()
            .dependOnClassesThat(resideInAPackage("java.util.concurrent.locks.."))
            .orShould()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "wait",
                    type -> Set.of("CountDownLatch", "Semaphore", "CompletableFuture")
                            .contains(type.getSimpleName())));

    @ArchTest
    static final ArchRule whatIsPublicInTheActorPackageIsFinalOrAbstract = classes()
            .that(resideInAPackage(ACTOR))
            .and()
            .arePublic()
            .and()
            .areNotInterfaces()
            .and()
            .areNotRecords()
            .and()
            .areNotEnums()
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);

    /** Files that import each other in a circle, for what they are worth; a new one has to be argued for here. */
    private static final Set<Set<String>> CIRCLES = Set.of(
            // A chunk that is out knows its worker's place, and that knows the chunks that are out at it.
            Set.of("actor.Assignment", "actor.Slot"));

    @ArchTest
    static void noFilesImportEachOtherInACircleButThese(JavaClasses all) {
        Map<String, Set<String>> reached = new TreeMap<>();
        for (JavaClass type : all) {
            Set<String> direct = reached.computeIfAbsent(path(type), file -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith(FACE_PACKAGE))
                    .forEach(target -> direct.add(path(target)));
        }
        boolean grows = true;
        while (grows) { // until each file has all that it reaches by any way
            grows = false;
            for (Set<String> targets : reached.values()) {
                for (String target : List.copyOf(targets)) {
                    grows |= targets.addAll(reached.getOrDefault(target, Set.of()));
                }
            }
        }
        Set<Set<String>> circles = new HashSet<>();
        reached.forEach((file, targets) -> {
            Set<String> circle = new HashSet<>(targets);
            circle.removeIf(target -> !reached.getOrDefault(target, Set.of()).contains(file));
            if (circle.size() > 1) {
                circles.add(circle);
            }
        });
        assertThat(circles).isEqualTo(CIRCLES);
    }

    private static String path(JavaClass type) {
        String name = type.getPackageName() + "." + fileOf(type);
        return name.substring(FACE_PACKAGE.length() + 1);
    }

    @ArchTest
    static void theListOfPublicTypesIsThis(JavaClasses all) {
        assertThat(visible(all, FACE_PACKAGE)).isEqualTo(new TreeMap<>(PUBLIC));
        assertThat(visible(all, TUNING_PACKAGE)).isEqualTo(new TreeMap<>(PUBLIC_OF_TUNING));
    }

    private static Map<String, String> visible(JavaClasses all, String inPackage) {
        Map<String, String> found = new TreeMap<>();
        for (JavaClass type : all) {
            if (type.getPackageName().equals(inPackage) && isVisible(type)) {
                found.put(type.getName().substring(inPackage.length() + 1), kind(type.reflect()));
            }
        }
        return found;
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true)
                && !type.getSimpleName().equals("package-info");
    }

    private static String kind(Class<?> type) {
        String kind = type.isRecord() ? "record" : type.isInterface() ? "interface" : type.isEnum() ? "enum" : "class";
        return type.isSealed() ? "sealed " + kind : kind;
    }

    @Test
    void noTestSleeps() throws IOException {
        String sleep = "Thread." + "sleep("; // not to find itself
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            List<Path> sleeping = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> read(file).contains(sleep))
                    .toList();
            assertThat(sleeping).isEmpty();
        }
    }

    @Test
    void noFileIsAGiant() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            List<Path> giants = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> read(file).lines().count() > 520)
                    .toList();
            assertThat(giants).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
