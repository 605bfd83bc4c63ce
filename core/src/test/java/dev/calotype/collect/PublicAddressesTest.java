package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "1.1.1.1",
                "100.63.0.1",
                "172.32.0.1",
                "192.0.1.1",
                "198.20.0.1",
                "2606:4700::1111",
                "2002:808:808::1"
            })
    void whatEveryoneReachesIsPublic(String address) throws UnknownHostException {
        assertThat(PublicAddresses.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "127.9.9.9",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.168.1.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.19.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "fc00::1",
                "fd12::1",
                "fe80::1",
                "ff02::1",
                "2001:db8::1",
                "2001::1",
                "2002:a00:1::1",
                "2002:7f00:1::1",
                "3fff::1",
                "100::1"
            })
    void privateSharedReservedAndDocumentaryAddressesAreNot(String address) throws UnknownHostException {
        assertThat(PublicAddresses.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @Test
    void oneAddressOfSeveralIsEnoughToRefuseAHost() throws UnknownHostException {
        InMemoryDnsResolver names = new InMemoryDnsResolver();
        names.add("mixed.example", InetAddress.getByName("8.8.8.8"), InetAddress.getByName("10.0.0.1"));
        names.add("good.example", InetAddress.getByName("8.8.8.8"));
        names.add("mine.example", InetAddress.getByName("192.168.0.7"));
        PublicAddresses addresses = new PublicAddresses(names, List.of("MINE.example"));
        assertThatThrownBy(() -> addresses.resolve("mixed.example"))
                .isInstanceOf(PublicAddresses.PrivateAddressException.class)
                .hasMessage("mixed.example is at 10.0.0.1");
        assertThat(addresses.resolve("good.example")).hasSize(1);
        assertThat(addresses.resolve("mine.example")).hasSize(1);
    }
}
