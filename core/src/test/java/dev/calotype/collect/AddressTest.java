package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://a.example/b.jpg | http://a.example/b.jpg",
                "  https://A.example/x y^z.jpg?q=ä | https://A.example/x%20y%5Ez.jpg?q=%C3%A4",
                "https://a.example/100%.jpg | https://a.example/100%25.jpg",
                "https://a.example/%20ü.jpg | https://a.example/%20%C3%BC.jpg",
                "https://bücher.example/a | https://xn--bcher-kva.example/a",
                "https://a.example:8443/a#b | https://a.example:8443/a#b",
                "http://a.example/b[1].jpg?c[]=2 | http://a.example/b%5B1%5D.jpg?c[]=2",
                "http://my_bucket.s3.example:81/b.jpg | http://my_bucket.s3.example:81/b.jpg"
            })
    void whatPeopleWroteBecomesWhatGoesOverTheWire(String written, String sent) throws CollectException {
        assertThat(Address.of(written).toString()).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a.jpg",
                "ftp://a.example/a",
                "file:///etc/hosts",
                "http:///a",
                "http://u:p@a.example/",
                "data:image/png;base64,aaaa",
                "http://a b/",
                "//a.example/x",
                "http://u:p@my_bucket.example/",
                "http://a.example:65536/x",
                "http://my_bucket.example:65536/x"
            })
    void othersAreRefused(String written) {
        assertThatThrownBy(() -> Address.of(written))
                .isInstanceOfSatisfying(
                        CollectException.class, e -> assertThat(e.why()).isEqualTo(Cause.ADDRESS));
    }

    @Test
    void redirectsMayBeRelativeAndStayWithinHttp() throws CollectException {
        URI from = URI.create("https://a.example/b/c.jpg");
        assertThat(Address.redirected(from, "../d e.jpg").toString()).isEqualTo("https://a.example/d%20e.jpg");
        assertThat(Address.redirected(from, "?d=1").toString())
                .as("RFC 3986, section 5.4.1")
                .isEqualTo("https://a.example/b/c.jpg?d=1");
        for (String elsewhere : List.of("file:///etc/hosts", "http://a.example:99999/", "//a.example:99999/"))
            assertThatThrownBy(() -> Address.redirected(from, elsewhere)).isInstanceOf(CollectException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "https://www.example.org/x, example.org",
        "https://Example.org.:8443/x, example.org",
        "https://a.b.example.co.uk/, example.co.uk",
        "http://127.0.0.1:8080/x, 127.0.0.1:8080",
        "http://10.1.0.1/x, 10.1.0.1",
        "http://[2001:db8::1]/x, [2001:db8::1]",
        "http://localhost:81/, localhost:81",
        "http://my_bucket.s3.example.org:81/x, example.org"
    })
    void aDomainHasOneOwnerAndANumberIsNone(URI address, String domain) {
        assertThat(Address.domain(address)).isEqualTo(domain);
    }

    @Test
    void politenessIsOwedToAHostWithItsPort() {
        assertThat(Address.host(URI.create("https://A.example/x"))).isEqualTo("a.example");
        assertThat(Address.host(URI.create("https://a.example:81/x"))).isEqualTo("a.example:81");
        assertThat(Address.host(URI.create("https://a.example:443/x"))).isEqualTo("a.example");
        assertThat(Address.host(URI.create("http://a.example:80/x"))).isEqualTo("a.example");
        assertThat(Address.host(URI.create("http://a.example:443/x"))).isEqualTo("a.example:443");
        assertThat(Address.host(URI.create("http://My_Bucket.example:81/x"))).isEqualTo("my_bucket.example:81");
    }
}
