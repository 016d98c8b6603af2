package dev.workpool.cli.options;

import dev.workpool.cli.text.Allowed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a node of a cluster listens. By number: nodes know each other by the spelling of their addresses, and a host may have several names.
 *
 * @param host an IP address
 * @param port 0 for any that is free
 */
public record NodeAddress(String host, int port) {
    private static final int MOST = 65_535;
    private static final int CONNECT_MILLIS = 1000;
    private static final Pattern FORM = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]/\\s]+)(?::(\\d{1,5}))?");

    /** Reads an address where nodes meet. */
    public static final class Meeting implements ITypeConverter<NodeAddress> {
        @Override
        public NodeAddress convert(String value) {
            return parse(value, 1, Allowed.MEETING);
        }
    }

    /** Reads an address that a node is to have. */
    public static final class Own implements ITypeConverter<NodeAddress> {
        @Override
        public NodeAddress convert(String value) {
            return parse(value, 0, Allowed.OWN_ADDRESS);
        }
    }

    private static NodeAddress parse(String value, int lowestPort, String allowed) {
        Matcher parts = FORM.matcher(value);
        if (!parts.matches()) {
            throw notAllowed(value, "", allowed);
        }
        int port = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        if (port < lowestPort || port > MOST) {
            throw notAllowed(value, "", allowed);
        }
        try {
            InetAddress host = InetAddress.getByName(parts.group(1));
            if (host.isAnyLocalAddress()) {
                throw notAllowed(value, ": it stands for all addresses of a machine", allowed);
            }
            return new NodeAddress(host.getHostAddress(), port);
        } catch (UnknownHostException e) {
            throw notAllowed(value, ": unknown host", allowed);
        }
    }

    private static TypeConversionException notAllowed(String value, String why, String allowed) {
        return new TypeConversionException("'" + value + "'" + why + "; allowed: " + allowed);
    }

    /** Whether this machine has it. */
    public boolean isHere() {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether nobody listens there, and this process could. */
    public boolean isFree() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether somebody listens there. Blocks for a second at most. */
    public boolean isTaken() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Any port of the same machine. */
    public NodeAddress withAnyPort() {
        return new NodeAddress(host, 0);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
