import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
    public static void main(String[] arguments) throws Exception {
        String secret = System.getenv("SECRET"), id = System.getenv("ID"), timestamp = System.getenv("TIMESTAMP");
        String signature = System.getenv("SIGNATURE"), body = System.getenv("BODY");
CODE
        if (genuine) System.out.println(body.replaceAll(".*\"type\":\"([^\"]*)\".*", "$1"));
    }
}
