package dev.calotype.app.console;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Sends the log to a run's own file as well. */
final class Logs {
    private Logs() {}

    static void to(Path file) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(LogSetup.encoder(context, "%d{yyyy-MM-dd HH:mm:ss} %level %logger{0}: %msg%n"));
        appender.start();
        context.getLogger("dev.calotype").addAppender(appender);
    }
}
