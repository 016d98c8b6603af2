package dev.workpool.codec;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strings in UTF-8. Half a surrogate pair is refused, since it would come back as a question mark. */
final class StringCodec implements JobCodec<String> {
    static final StringCodec INSTANCE = new StringCodec();

    private StringCodec() {}

    @Override
    public String name() {
        return "string";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public byte[] encode(String value) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        byte[] exact = new byte[bytes.remaining()];
        bytes.get(exact);
        return exact;
    }

    @Override
    public String decode(int version, byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    @Override
    public String toString() {
        return "JobCodec(string)";
    }
}
