package dev.workpool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.annotation.InternalApi;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.workpool.internal.akka.TestHarness;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the house, by package: imports point one way, and no package is in a circle. */
@AnalyzeClasses(packages = "dev.workpool", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String FACE = "dev.workpool";
    private static final String INTERNAL = "dev.workpool.internal..";
    private static final String BYTES = "dev.workpool.codec.bytes";
    private static final String CLUSTER_INTERNAL = "dev.workpool.cluster.internal..";
    private static final String DURABLE_INTERNAL = "dev.workpool.durable.internal..";
    private static final String TEST_KIT = "dev.workpool.testkit";
    private static final String SETTINGS = "dev.workpool.settings";

    /**
     * A part of the house, which one picture shows.
     *
     * @param name for people
     * @param rooms its packages, from the ground up
     */
    private record Area(String name, List<String> rooms) {
        private Area(String name, String... rooms) {
            this(name, List.of(rooms));
        }
    }

    /** From the ground up. */
    private static final List<Area> AREAS = List.of(
            new Area(
                    "Jobs and settings",
                    "dev.workpool.job",
                    "dev.workpool.codec",
                    BYTES,
                    SETTINGS,
                    "dev.workpool.protocol"),
            new Area(
                    "Ground",
                    "dev.workpool.internal.util",
                    "dev.workpool.internal.gauge",
                    "dev.workpool.internal.flight",
                    "dev.workpool.internal.event",
                    "dev.workpool.internal.limit",
                    "dev.workpool.internal.akka"),
            new Area(
                    "Queue and workers",
                    "dev.workpool.internal.request",
                    "dev.workpool.internal.collector",
                    "dev.workpool.internal.slice",
                    "dev.workpool.internal.queue",
                    "dev.workpool.internal.worker"),
            new Area("Batches and streams", "dev.workpool.internal.batch", "dev.workpool.internal.stream"),
            new Area(
                    "Actors",
                    "dev.workpool.internal.router",
                    "dev.workpool.internal.dispatcher",
                    "dev.workpool.internal.pool",
                    "dev.workpool.internal.source"),
            new Area("Pools", FACE, "dev.workpool.stream"),
            new Area(
                    "Durable queues",
                    "dev.workpool.durable.job",
                    "dev.workpool.durable.internal.segment",
                    "dev.workpool.durable.internal.process",
                    "dev.workpool.durable.internal.store",
                    "dev.workpool.durable.internal.enqueue",
                    "dev.workpool.durable.internal.work",
                    "dev.workpool.durable"),
            new Area(
                    "Cluster",
                    "dev.workpool.cluster.job",
                    "dev.workpool.cluster.internal.wire",
                    "dev.workpool.cluster.internal.session",
                    "dev.workpool.cluster.internal.station",
                    "dev.workpool.cluster.internal.fleet",
                    "dev.workpool.cluster.internal.log",
                    "dev.workpool.cluster.internal.membership",
                    "dev.workpool.cluster"),
            new Area("Test kit", TEST_KIT),
            new Area("Tuning", "dev.workpool.tune"),
            new Area("Metrics and tracing", "dev.workpool.metrics", "dev.workpool.tracing"),
            new Area(
                    "Command line",
                    "dev.workpool.cli.text",
                    "dev.workpool.cli.console",
                    "dev.workpool.cli.job",
                    "dev.workpool.cli.operation",
                    "dev.workpool.cli.input",
                    "dev.workpool.cli.output",
                    "dev.workpool.cli.joblog",
                    "dev.workpool.cli.options",
                    "dev.workpool.cli.cluster",
                    "dev.workpool.cli.run",
                    "dev.workpool.cli.tune",
                    "dev.workpool.cli.worker",
                    "dev.workpool.cli.queue.store",
                    "dev.workpool.cli.queue.work",
                    "dev.workpool.cli.queue",
                    "dev.workpool.cli"));

    /** From the ground up: each may use those before it and no other of them. */
    static final List<String> ROOMS =
            AREAS.stream().flatMap(area -> area.rooms().stream()).toList();

    @ArchTest
    static void importsPointOneWay(JavaClasses all) {
        for (int i = 0; i < ROOMS.size(); i++) {
            noClasses()
                    .that(resideInAPackage(ROOMS.get(i)))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(
                            ROOMS.subList(i + 1, ROOMS.size()).toArray(String[]::new)))
                    .because("these are built on it")
                    .allowEmptyShould(true)
                    .check(all);
        }
    }

    /** Also those that serve a link in a comment alone, which no class file knows of. */
    @ArchTest
    static void importsInSourcesPointOneWay(JavaClasses all) throws IOException {
        Pattern imported = Pattern.compile("(?m)^import (?:static )?(dev\\.workpool[a-z.]*)\\.[A-Z]");
        Path sources = Path.of("src/main/java");
        Set<String> upwards = new TreeSet<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                int room = ROOMS.indexOf(
                        sources.relativize(file.getParent()).toString().replace(File.separatorChar, '.'));
                Matcher used = imported.matcher(read(file));
                while (used.find()) {
                    if (ROOMS.indexOf(used.group(1)) > room) {
                        upwards.add(file + " imports of " + used.group(1));
                    }
                }
            }
        }
        assertThat(upwards).as("write the whole name in a link").isEmpty();
    }

    @ArchTest
    static void eachPackageHasItsPlace(JavaClasses all) {
        Set<String> packages = new TreeSet<>();
        all.forEach(type -> packages.add(type.getPackageName()));
        assertThat(packages).isEqualTo(new TreeSet<>(ROOMS));
    }

    @ArchTest
    static final ArchRule noPackageIsInACircle =
            slices().matching("dev.workpool.(**)").should().beFreeOfCycles();

    /** What users hold is made of it, and the flow of Akka Streams, which is one more way in. */
    @ArchTest
    static final ArchRule nobodyElseUsesWhatIsInternal = noClasses()
            .that(resideOutsideOfPackages(INTERNAL, FACE, "dev.workpool.stream", "dev.workpool.cluster..", TEST_KIT))
            .should()
            .dependOnClassesThat(resideInAPackage(INTERNAL));

    /** Users have the face of durable queues, and pools know nothing of them. */
    @ArchTest
    static final ArchRule durableQueuesKeepTheirPartsToThemselves = noClasses()
            .that(resideOutsideOfPackages("dev.workpool.durable.."))
            .should()
            .dependOnClassesThat(resideInAPackage(DURABLE_INTERNAL));

    /** Users have the face of clusters, and pools know nothing of them. */
    @ArchTest
    static final ArchRule clustersKeepTheirPartsToThemselves = noClasses()
            .that(resideOutsideOfPackages("dev.workpool.cluster.."))
            .should()
            .dependOnClassesThat(resideInAPackage(CLUSTER_INTERNAL));

    /** What is stored where is known to the statements alone. */
    @ArchTest
    static final ArchRule storesKnowNoPools = noClasses()
            .that(resideInAnyPackage(
                    "dev.workpool.durable.internal.segment",
                    "dev.workpool.durable.internal.process",
                    "dev.workpool.durable.internal.store",
                    "dev.workpool.durable.internal.enqueue"))
            .should()
            .dependOnClassesThat(resideInAnyPackage(FACE, "akka.actor.."));

    /** The test kit takes the place of what a pool cannot repeat, and sees nothing else of it. */
    @ArchTest
    static final ArchRule theTestKitUsesItsHarnessAlone = noClasses()
            .that(resideInAPackage(TEST_KIT))
            .should()
            .dependOnClassesThat(resideInAPackage(INTERNAL)
                    .and(DescribedPredicate.not(DescribedPredicate.describe(
                            "TestHarness", type -> type.isEquivalentTo(TestHarness.class)))));

    /** It is in a jar of its own. */
    @ArchTest
    static final ArchRule nobodyUsesTheTestKit = noClasses()
            .that(resideOutsideOfPackages(TEST_KIT))
            .should()
            .dependOnClassesThat(resideInAPackage(TEST_KIT));

    @ArchTest
    static void whatIsInternalSaysSo(JavaClasses all) {
        List<String> unmarked = new ArrayList<>();
        for (JavaClass type : all) {
            if (resideInAnyPackage(INTERNAL, DURABLE_INTERNAL, CLUSTER_INTERNAL, BYTES)
                            .test(type)
                    && !type.getPackage().isAnnotatedWith(InternalApi.class)) {
                unmarked.add(type.getPackageName());
            }
        }
        assertThat(unmarked).isEmpty();
    }

    /** The rest holds refs at most, or tells when something is done. */
    @ArchTest
    static final ArchRule akkaIsForActorsAndForWhatStartsThem = noClasses()
            .that(resideInAnyPackage(
                    "dev.workpool.job",
                    "dev.workpool.internal.util",
                    "dev.workpool.internal.limit",
                    "dev.workpool.internal.request",
                    "dev.workpool.internal.slice",
                    "dev.workpool.internal.queue",
                    "dev.workpool.internal.batch",
                    "dev.workpool.internal.stream",
                    "dev.workpool.internal.source"))
            .should()
            .dependOnClassesThat(resideInAPackage("akka..")
                    .and(DescribedPredicate.not(DescribedPredicate.describe(
                            "ActorRef, Done, DeadLetterSuppression",
                            type -> type.isEquivalentTo(ActorRef.class)
                                    || type.isEquivalentTo(Done.class)
                                    || type.isEquivalentTo(InternalApi.class)
                                    || type.isEquivalentTo(DeadLetterSuppression.class)))));

    /** Whoever does without it need not have the library on the class path. */
    @ArchTest
    static final ArchRule limitsAloneKnowTheLibraryForThem = noClasses()
            .that(resideOutsideOfPackages("dev.workpool.internal.limit"))
            .should()
            .dependOnClassesThat(resideInAPackage("com.netflix.."));

    @ArchTest
    static final ArchRule actorsAndTheirPartsDoNotBlock = noClasses()
            .that(resideInAnyPackage(
                    "dev.workpool.internal.limit",
                    "dev.workpool.internal.collector",
                    "dev.workpool.internal.slice",
                    "dev.workpool.internal.queue",
                    "dev.workpool.internal.router",
                    "dev.workpool.internal.dispatcher"))
            .should()
            .dependOnClassesThat(resideInAPackage("java.util.concurrent.locks.."))
            .orShould()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "wait",
                    type -> Set.of("CountDownLatch", "Semaphore", "CompletableFuture")
                            .contains(type.getSimpleName())));

    /** Machines' clocks differ, perhaps by hours. */
    @ArchTest
    static final ArchRule durableQueuesGoByTheClockOfTheirDatabase = noClasses()
            .that(resideInAPackage("dev.workpool.durable.."))
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "tell the time",
                    type -> Set.of("java.time.Clock", "java.util.Date", "java.util.Calendar")
                            .contains(type.getName())));

    @ArchTest
    static final ArchRule nothingSleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class);

    @ArchTest
    static final ArchRule publicClassesAreFinalOrAbstract = classes()
            .that(resideInAnyPackage(ROOMS.subList(0, ROOMS.indexOf(FACE) + 1).toArray(String[]::new)))
            .and()
            .arePublic()
            .and()
            .areNotInterfaces()
            .and()
            .areNotRecords()
            .and()
            .areNotEnums()
            .and(DescribedPredicate.describe(
                    "are not extended", type -> type.getSubclasses().isEmpty()))
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);

    /** So that pictures cannot drift: where they have, this says what they are to be. */
    @ArchTest
    static void theArchitecturePageShowsThisHouse(JavaClasses all) {
        String page = read(Path.of("src/docs/architecture.md"));
        Map<String, String> areas = new HashMap<>();
        AREAS.forEach(area -> area.rooms().forEach(room -> areas.put(room, area.name())));
        assertThat(page).contains(picture(all, AREAS.stream().map(Area::name).toList(), areas::get));
        for (Area area : AREAS) {
            if (area.rooms().size() > 1) {
                assertThat(page)
                        .contains("### " + area.name() + "\n")
                        .contains(
                                picture(all, area.rooms(), room -> area.rooms().contains(room) ? room : null));
            }
        }
    }

    /** It leads newcomers to files, so these have to be there. */
    @ArchTest
    static void theArchitecturePageNamesNothingThatIsNot(JavaClasses all) {
        Set<String> types = new TreeSet<>();
        all.forEach(type -> types.add(type.getSimpleName()));
        Set<String> unknown = new TreeSet<>();
        Matcher name = Pattern.compile("`(?:[a-z/]+/)?([A-Z]\\w+)(?:\\.([A-Z]\\w+))?[^`]*`")
                .matcher(read(Path.of("src/docs/architecture.md")));
        while (name.find()) {
            for (String one : List.of(name.group(1), name.group(2) == null ? name.group(1) : name.group(2))) {
                if (!types.contains(one) && !one.equals("ArchitectureTest")) {
                    unknown.add(one);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    /**
     * Shows what uses what, without the arrows that others imply.
     *
     * @param nodes from the ground up
     * @param nodeOf the node that shows a package; null if none does
     */
    private static String picture(JavaClasses all, List<String> nodes, UnaryOperator<String> nodeOf) {
        Map<String, Set<String>> uses = new TreeMap<>(Comparator.comparing(nodes::indexOf));
        nodes.forEach(node -> uses.put(node, new TreeSet<>(Comparator.comparing(nodes::indexOf))));
        for (JavaClass type : all) {
            String node = nodeOf.apply(type.getPackageName());
            if (node != null) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> nodeOf.apply(dependency
                                .getTargetClass()
                                .getBaseComponentType()
                                .getPackageName()))
                        .filter(used -> used != null && !used.equals(node))
                        .forEach(uses.get(node)::add);
            }
        }
        Map<String, Set<String>> reached = new HashMap<>();
        StringBuilder picture = new StringBuilder("```mermaid\nflowchart TD\n");
        for (String node : nodes) { // those below it are there already
            picture.append("    %s[%s]\n".formatted(id(node), node));
            Set<String> below = new HashSet<>(uses.get(node));
            uses.get(node).forEach(used -> below.addAll(reached.get(used)));
            reached.put(node, below);
        }
        uses.forEach((node, used) -> used.stream()
                .filter(one ->
                        used.stream().noneMatch(other -> reached.get(other).contains(one)))
                .forEach(one -> picture.append("    %s --> %s\n".formatted(id(node), id(one)))));
        return picture.append("```").toString();
    }

    private static String id(String node) {
        return node.replaceAll("\\W", "_");
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

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
