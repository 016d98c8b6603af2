package dev.workpool.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;

/** Objects as bytes, and back, by the serialization of the JDK. */
final class JavaBytes {
    private JavaBytes() {}

    static byte[] write(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads an object.
     *
     * @param bytes what {@link #write} returned
     * @param classes where its class is looked for
     * @param filter says which classes are allowed; null for the JVM's own
     */
    static Object read(byte[] bytes, ClassLoader classes, ObjectInputFilter filter)
            throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ByLoader(bytes, classes)) {
            if (filter != null) {
                in.setObjectInputFilter(filter);
            }
            return in.readObject();
        }
    }

    /** The JDK's own asks the loader of the nearest caller on the stack, which is this library's. */
    private static final class ByLoader extends ObjectInputStream {
        private final ClassLoader classes;

        ByLoader(byte[] bytes, ClassLoader classes) throws IOException {
            super(new ByteArrayInputStream(bytes));
            this.classes = classes;
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, classes);
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description); // knows int and its like, and says what is missing
            }
        }
    }
}
