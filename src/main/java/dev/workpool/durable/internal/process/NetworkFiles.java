package dev.workpool.durable.internal.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Knows file systems over a network by the names that operating systems have for them. SQLite's log of writes needs memory
 * that processes share, which these do not have, and their locks are not those of one machine.
 */
public final class NetworkFiles {
    private static final List<String> NETWORK = List.of(
            "nfs",
            "cifs",
            "smb",
            "9p",
            "afs",
            "afpfs",
            "webdav",
            "davfs",
            "ncp",
            "coda",
            "ceph",
            "gfs2",
            "glusterfs",
            "lustre",
            "gpfs",
            "beegfs",
            "ocfs2",
            "orangefs",
            "pvfs2",
            "acfs");

    /** After {@code fuse.}; of one that is not known nothing can be said. */
    private static final List<String> NETWORK_BY_FUSE = List.of(
            "sshfs", "rclone", "s3fs", "gcsfuse", "davfs", "glusterfs", "ceph", "juicefs", "mount-s3", "goofys");

    private NetworkFiles() {}

    /**
     * Refuses a file on a network.
     *
     * @param type of its file system, as {@link java.nio.file.FileStore#type} says
     * @throws IllegalArgumentException if it is one over a network
     */
    public static void refuse(Path file, String type) {
        if (isNetwork(type.toLowerCase(Locale.ROOT)) || file.toString().startsWith("\\\\")) {
            throw new IllegalArgumentException("the job store " + file + " is on a file system over a network (" + type
                    + "), where SQLite loses what it writes; allowed: a disk of this machine, or JobStore.postgres");
        }
    }

    private static boolean isNetwork(String type) {
        if (type.startsWith("fuse.")) {
            return NETWORK_BY_FUSE.stream().anyMatch(type.substring("fuse.".length())::startsWith);
        }
        return NETWORK.stream().anyMatch(type::startsWith); // nfs4, smb3, smbfs
    }
}
