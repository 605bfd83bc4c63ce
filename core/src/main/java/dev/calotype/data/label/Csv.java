package dev.calotype.data.label;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads comma-separated values as RFC 4180 has them: fields in quotes may hold commas, line ends and doubled quotes. A
 * first line without commas may have semicolons or tabs instead, and then so has the rest.
 */
final class Csv {
    private final String text;
    private final char separator;
    private int at;
    private int line = 1;

    Csv(String text) {
        this.text = text;
        separator = separator(text);
    }

    private static char separator(String text) {
        String first = text.strip().lines().findFirst().orElse("");
        if (first.indexOf(',') >= 0) return ',';
        return first.indexOf(';') >= 0 ? ';' : first.indexOf('\t') >= 0 ? '\t' : ',';
    }

    /** The number of the line that the next row begins in, from 1. */
    int line() {
        return line;
    }

    /** The fields of the next row that is not blank, or null at the end. */
    List<String> next() throws IOException {
        while (at < text.length() && isLineEnd(text.charAt(at))) endLine();
        if (at >= text.length()) return null;
        List<String> row = new ArrayList<>();
        row.add(field());
        while (at < text.length() && text.charAt(at) == separator) {
            at++;
            row.add(field());
        }
        return row;
    }

    private String field() throws IOException {
        if (at < text.length() && text.charAt(at) == '"') return quoted();
        int from = at;
        while (at < text.length() && text.charAt(at) != separator && !isLineEnd(text.charAt(at))) at++;
        return text.substring(from, at);
    }

    private String quoted() throws IOException {
        int opened = line;
        StringBuilder field = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\n') line++;
            if (c != '"') field.append(c);
            else if (at + 1 < text.length() && text.charAt(at + 1) == '"') field.append(text.charAt(++at));
            else {
                at++;
                if (at < text.length() && text.charAt(at) != separator && !isLineEnd(text.charAt(at)))
                    throw new IOException("line " + line + ": text after a closing quote");
                return field.toString();
            }
        }
        throw new IOException("line " + opened + ": a quote is never closed");
    }

    private void endLine() {
        if (text.charAt(at++) == '\n') line++;
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }
}
