package dev.workpool.internal.util;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.RandomAccess;

/**
 * A list of fixed size in pages, for a batch's jobs and outcomes.
 *
 * <p>One large array would cost more than it holds: to G1, the JVM's default collector, an array of more than half a
 * region is a humongous object. Each reference that is written to it is remembered, and only concurrent marking frees
 * it. With a million jobs that doubled the time of a batch, and now and then took ten times as long.
 *
 * <p>Not thread-safe. Whoever fills it hands it on when it is full.
 *
 * @param <T> what is in it
 */
public final class PagedList<T> extends AbstractList<T> implements RandomAccess {
    private static final int SHIFT = 15;

    /** Elements of a page but for the last: 128 KiB of references. */
    static final int PAGE = 1 << SHIFT;

    private static final int MASK = PAGE - 1;

    private final int size;
    private final Object[][] pages;

    private PagedList(int size, Object[][] pages) {
        this.size = size;
        this.pages = pages;
    }

    /**
     * A list with nothing in it yet; its pages are made as they are needed.
     *
     * @param size how many elements it will have
     */
    public PagedList(int size) {
        this(size, new Object[(size + PAGE - 1) >> SHIFT][]);
    }

    /**
     * The jobs of a batch.
     *
     * @param jobs iterated once
     * @param <T> type of the jobs
     * @return a copy
     * @throws NullPointerException if one is null
     */
    public static <T> PagedList<T> copyOf(Iterable<? extends T> jobs) {
        Object[][] pages = new Object[1][];
        int expected = jobs instanceof Collection<?> collection ? Math.min(collection.size(), PAGE) : 0;
        Object[] page = new Object[Math.max(expected, 16)];
        int full = 0;
        int used = 0;
        for (T job : jobs) {
            if (job == null) {
                throw new NullPointerException(
                        "job at index " + (((long) full << SHIFT) + used) + " of the batch is null");
            }
            if (used == page.length) {
                if (used < PAGE) {
                    page = Arrays.copyOf(page, Math.min(2 * used, PAGE));
                } else {
                    pages = full == pages.length - 1 ? Arrays.copyOf(pages, 2 * pages.length) : pages;
                    pages[full++] = page;
                    page = new Object[PAGE];
                    used = 0;
                }
            }
            page[used++] = job;
        }
        pages[full] = used == page.length ? page : Arrays.copyOf(page, used);
        long size = ((long) full << SHIFT) + used;
        if (size > Integer.MAX_VALUE - PAGE) {
            throw new IllegalArgumentException("jobs of a batch = " + size + "; allowed: 0 to 2147450879");
        }
        return new PagedList<>((int) size, Arrays.copyOf(pages, used == 0 ? full : full + 1));
    }

    /** Another list of the same pages, of which some may be dropped here and not there. */
    public PagedList<T> ofSamePages() {
        return new PagedList<>(size, pages.clone());
    }

    /** How many pages there are. */
    public int pages() {
        return pages.length;
    }

    /** Which page an element is on, counted from 0. */
    public static int pageNumber(int index) {
        return index >> SHIFT;
    }

    /** Index of the first element of the page that an element is on. */
    public static int pageStart(int index) {
        return index & ~MASK;
    }

    /** One past the last element of the page that an element is on. */
    public int pageEnd(int index) {
        return (int) Math.min(size, (long) pageStart(index) + PAGE);
    }

    /** The page that an element is on, or null if it has not been made or has been dropped. */
    public Object[] page(int index) {
        return pages[index >> SHIFT];
    }

    /** Puts an array of the right length in the place of the page that an element is on. */
    public void setPage(int index, Object[] page) {
        pages[index >> SHIFT] = page;
    }

    /** Null where nothing has been put in yet. */
    @Override
    @SuppressWarnings("unchecked") // only elements of type T come in
    public T get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " of " + size);
        }
        Object[] page = pages[index >> SHIFT];
        return page == null ? null : (T) page[index & MASK];
    }

    @Override
    public int size() {
        return size;
    }
}
