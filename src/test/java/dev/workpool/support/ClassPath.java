package dev.workpool.support;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Runs a probe on the class path of an application that has not added an optional library. */
public final class ClassPath {
    private ClassPath() {}

    /**
     * Loads a class anew, with everything that it uses, and calls it.
     *
     * @param library a part of the paths of the jars to leave out
     * @param probe public, with a public constructor without arguments
     * @return its result, of a class that every class loader has
     */
    public static <T> T without(String library, Class<? extends Callable<T>> probe) throws Exception {
        URL[] classPath = List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .filter(entry -> !entry.contains(library))
                .map(ClassPath::url)
                .toArray(URL[]::new);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            @SuppressWarnings("unchecked") // it is the same class, loaded anew
            Callable<T> loaded = (Callable<T>)
                    loader.loadClass(probe.getName()).getConstructor().newInstance();
            return loaded.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }
}
