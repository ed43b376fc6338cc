// Keeps the level of what user code logs with java.util.logging or System.Logger: each line begins
// with a mark (protocol/SPEC.md section 1).
package drumline.worker;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Java makes one when it first needs a logger: start.sh names this class. */
public final class Logs {
  /** Begins a printed line that only says what is done. */
  static final String DEBUG = "\u0001d";

  /** Begins a printed line that is a warning. */
  static final String WARNING = "\u0001w";

  /** Called by java.util.logging in place of reading its configuration file. */
  public Logs() {
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(new Marking());
  }

  private static final class Marking extends Handler {
    private final java.io.PrintStream output = System.err;

    Marking() {
      setFormatter(new SimpleFormatter());
    }

    @Override
    public void publish(LogRecord record) {
      if (!isLoggable(record)) return;
      StringBuilder text = new StringBuilder();
      String mark = "\u0001" + letter(record.getLevel().intValue());
      getFormatter()
          .format(record)
          .lines()
          .forEach(line -> text.append(mark).append(line).append('\n'));
      output.print(text);
    }

    private static char letter(int level) {
      if (level >= Level.SEVERE.intValue()) return 'e';
      if (level >= Level.WARNING.intValue()) return 'w';
      return level >= Level.INFO.intValue() ? 'i' : 'd';
    }

    @Override
    public void flush() {
      output.flush();
    }

    @Override
    public void close() {}
  }
}
