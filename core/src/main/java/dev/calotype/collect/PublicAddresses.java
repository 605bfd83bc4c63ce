package dev.calotype.collect;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Finds the addresses of hosts, and refuses a host of which any is not public: it is asked for each connection, so that neither a
 * redirect nor a name that changes its address leads into the network that this program runs in.
 */
final class PublicAddresses implements DnsResolver {
    private final DnsResolver resolver;
    private final Set<String> allowed;

    /** @param allowed names of hosts that may be anywhere */
    PublicAddresses(Collection<String> allowed) {
        this(SystemDefaultDnsResolver.INSTANCE, allowed);
    }

    PublicAddresses(DnsResolver resolver, Collection<String> allowed) {
        this.resolver = resolver;
        this.allowed =
                allowed.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    /** A host that is found, and at an address that is not public. */
    static final class PrivateAddressException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        PrivateAddressException(String message) {
            super(message);
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] found = resolver.resolve(host);
        if (allowed.contains(host.toLowerCase(Locale.ROOT))) return found;
        for (InetAddress address : found)
            if (!isPublic(address)) throw new PrivateAddressException(host + " is at " + address.getHostAddress());
        return found;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return resolver.resolveCanonicalHostname(host);
    }

    /** Whether everyone can reach it (the registries of special-purpose addresses of IANA, RFC 6890). */
    static boolean isPublic(InetAddress address) {
        byte[] b = address.getAddress();
        if (address instanceof Inet4Address) return isPublic4(b);
        return address instanceof Inet6Address && isPublic6(b);
    }

    private static boolean isPublic4(byte[] b) {
        int first = b[0] & 0xFF, second = b[1] & 0xFF, third = b[2] & 0xFF;
        if (first == 0 || first == 127 || first >= 224)
            return false; // this network, this machine, multicast and reserved
        if (first == 10 || first == 172 && second >> 4 == 1 || first == 192 && second == 168) return false; // private
        if (first == 169 && second == 254) return false; // of one link
        if (first == 100 && second >= 64 && second < 128) return false; // shared by carriers
        if (first == 192 && second == 0 && (third == 0 || third == 2)) return false; // protocols, documentation
        if (first == 192 && second == 88 && third == 99) return false; // 6to4 relays
        if (first == 198 && (second == 18 || second == 19)) return false; // benchmarks
        if (first == 198 && second == 51 && third == 100) return false; // documentation
        return first != 203 || second != 0 || third != 113; // documentation
    }

    /** Of IPv6 only 2000::/3 is given to anyone; what leads to IPv4 counts as where it leads. */
    private static boolean isPublic6(byte[] b) {
        if ((b[0] & 0xE0) != 0x20) return false; // ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10 and all else
        if (b[0] == 0x20 && b[1] == 0x02) return isPublic4(new byte[] {b[2], b[3], b[4], b[5]}); // 6to4
        int second = (b[2] & 0xFF) << 8 | b[3] & 0xFF;
        boolean special = b[0] == 0x20 && b[1] == 0x01 && second < 0x200; // 2001::/23: Teredo, ORCHID, benchmarks
        boolean documentation = b[0] == 0x20 && b[1] == 0x01 && second == 0x0DB8 || b[0] == 0x3F && b[1] == (byte) 0xFF;
        return !special && !documentation;
    }
}
