package dev.workpool.internal.limit;

/** A fixed number of workers. Confined to the router's thread. */
final class FixedLimit implements ConcurrencyLimit {
    private int workers;

    FixedLimit(int workers) {
        this.workers = workers;
    }

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public int fewest() {
        return workers;
    }

    @Override
    public int most() {
        return workers;
    }

    @Override
    public void bound(int most) {
        workers = most;
    }

    @Override
    public void ended(int jobs, long elapsedNs, boolean regular, boolean allBusy) {
        // However long it took.
    }

    @Override
    public void overloaded() {
        // So be it.
    }
}
