package dev.workpool.cli.input;

import dev.workpool.cli.text.Names;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Stands for an input where many have to be remembered: 128 bits of the SHA-256 of its bytes. That two inputs share them
 * does not happen, not even on purpose: a name made to be taken for another would never be worked on.
 */
public record InputDigest(long high, long low) {

    public static InputDigest of(String name) {
        ByteBuffer digest = ByteBuffer.wrap(sha256().digest(Names.encode(name)));
        return new InputDigest(digest.getLong(), digest.getLong());
    }

    /** The digest of the n-th input of that name. Of the first it is this one. */
    public InputDigest occurrence(int n) {
        return new InputDigest(high ^ (n - 1), low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
