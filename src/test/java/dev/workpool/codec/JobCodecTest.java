package dev.workpool.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JobCodecTest {
    record Email(String to, int size) {}

    record Renamed(String to) {}

    @Property(tries = 200)
    void stringsComeBackAsTheyWere(@ForAll String text) throws Exception {
        Assume.that(text.chars().noneMatch(c -> Character.isSurrogate((char) c)));
        JobCodec<String> codec = JobCodec.strings();
        assertThat(codec.decode(1, codec.encode(text))).isEqualTo(text);
    }

    @Test
    void halfACharacterIsRefusedSinceItWouldNotComeBack() {
        assertThatThrownBy(() -> JobCodec.strings().encode("a\uD800")).isInstanceOf(CharacterCodingException.class);
        assertThatThrownBy(() -> JobCodec.strings().decode(1, new byte[] {(byte) 0xFF}))
                .isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void bytesAreCopiedWhenTheyAreEncodedSinceTheCallerMayChangeThem() throws Exception {
        byte[] bytes = {1, 2};
        byte[] encoded = JobCodec.bytes().encode(bytes);
        bytes[0] = 9;
        assertThat(JobCodec.bytes().decode(1, encoded)).containsExactly(1, 2);
    }

    @Test
    void jsonIgnoresPropertiesThatItDoesNotKnowAndMissesNone() throws Exception {
        JobCodec<Email> emails = JobCodec.json(Email.class);
        byte[] encoded = emails.encode(new Email("a@b", 7));
        assertThat(emails.decode(1, encoded)).isEqualTo(new Email("a@b", 7));
        assertThat(JobCodec.json(Renamed.class).decode(1, encoded)).isEqualTo(new Renamed("a@b"));
        assertThat(emails.decode(1, "{\"to\":\"x\"}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new Email("x", 0));
    }

    @Test
    void aCodecDecodesItsOwnVersionAndThoseBefore() {
        JobCodec<Email> emails = JobCodec.json(Email.class);
        assertThat(emails.name()).isEqualTo("json:Email");
        assertThat(emails.decodes("json:Email", 1)).isTrue();
        assertThat(emails.decodes("json:Email", 2)).isFalse();
        assertThat(emails.decodes("json:Renamed", 1)).isFalse();
        assertThat(JsonCodec.of(Renamed.class).withName("json:Email").decodes("json:Email", 1))
                .isTrue();
    }

    /** A job that is stored is to run. */
    @Test
    void jsonReadsWhatItWritesHoweverLong() throws Exception {
        JobCodec<BigInteger> numbers = JobCodec.json(BigInteger.class);
        BigInteger large = BigInteger.TEN.pow(5_000).add(BigInteger.ONE);
        assertThat(numbers.decode(1, numbers.encode(large))).isEqualTo(large);
        JobCodec<String> strings = JobCodec.json(String.class);
        String longer = "x".repeat(StreamReadConstraints.defaults().getMaxStringLength() + 1);
        assertThat(strings.decode(1, strings.encode(longer))).hasSize(longer.length());
        JobCodec<JsonNode> trees = JobCodec.json(JsonNode.class);
        JsonNode names = new ObjectMapper().createObjectNode().put("n".repeat(60_000), 1);
        assertThat(trees.decode(1, trees.encode(names))).isEqualTo(names);
        JsonNode deepest = nested(1_000);
        assertThat(trees.decode(1, trees.encode(deepest))).isEqualTo(deepest);
        assertThatThrownBy(() -> trees.encode(nested(1_001))).hasMessageContaining("1000");
    }

    @Test
    void jsonOfTheApplicationsOwnMapperRefusesWhatThatDoesNotRead() {
        ObjectMapper mapper = new ObjectMapper();
        assertThatThrownBy(() -> JsonCodec.of(BigInteger.class, mapper).encode(BigInteger.TEN.pow(1_000)))
                .hasMessageContaining("Number value length (1001) exceeds the maximum allowed (1000");
        mapper.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(2_000).build());
        assertThatThrownBy(() -> JsonCodec.of(String.class, mapper).encode("x".repeat(2_001)))
                .hasMessageContaining("2001) exceeds the maximum allowed (2000");
    }

    private static JsonNode nested(int levels) {
        ArrayNode outermost = JsonNodeFactory.instance.arrayNode();
        ArrayNode innermost = outermost;
        for (int i = 1; i < levels; i++) {
            innermost = innermost.addArray();
        }
        return outermost;
    }
}
