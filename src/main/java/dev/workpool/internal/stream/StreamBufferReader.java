package dev.workpool.internal.stream;

/** The dispatcher's position in a {@link StreamBuffer}. */
final class StreamBufferReader {
    private Segment segment;
    private int offset;

    StreamBufferReader(StreamBuffer streamBuffer) {
        this.segment = streamBuffer.takeFirst();
    }

    /** The segment with the next job. Only called while there is one. */
    Segment segment() {
        if (offset == segment.size()) {
            Segment next = segment.next;
            segment.next = null;
            segment = next;
            offset = 0;
        }
        return segment;
    }

    /** Where in {@link #segment} the next job is. */
    int offset() {
        return offset;
    }

    /**
     * Goes on.
     *
     * @param most so many jobs are there
     * @return how many it has passed: those of the segment at most
     */
    int advance(int most) {
        int count = Math.min(most, segment.size() - offset);
        offset += count;
        return count;
    }
}
