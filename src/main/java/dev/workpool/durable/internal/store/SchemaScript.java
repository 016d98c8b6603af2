package dev.workpool.durable.internal.store;

/**
 * The SQL that makes the tables, for whoever may do so, and what the user who works with them has to be granted.
 */
public final class SchemaScript {
    private static final String USER = "jobs_user";

    private final Names names;
    private final Schema schema;

    public SchemaScript(Names names) {
        this.names = names;
        this.schema = new Schema(names);
    }

    /** {@return the version of the tables that this code works with} */
    public static int newest() {
        return Schema.NEWEST;
    }

    /**
     * Writes it down.
     *
     * @param version of the tables that are there; 0 if there are none
     */
    public String text(int version) {
        StringBuilder text = new StringBuilder("-- Tables of Workpool's durable queues, "
                + (version == 0 ? "version " : "from version " + version + " to version ") + Schema.NEWEST + "\n");
        text.append("BEGIN;\n");
        if (version == 0) {
            schema.frame().forEach(each -> append(text, each));
        }
        schema.since(version).forEach(each -> append(text, each));
        if (version == 0) {
            new Partitions(names).beginning(1).forEach(each -> append(text, each));
        }
        text.append("COMMIT;\n");
        if (names.dialect().isPostgres()) {
            text.append("\n-- What the user of JobStore.withSchemaCreation(false) needs, here \"" + USER + "\":\n");
            new Grants(names)
                    .statements(USER)
                    .forEach(each -> text.append("-- ").append(each).append(";\n"));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String statement) {
        text.append(statement.strip()).append(";\n");
    }
}
