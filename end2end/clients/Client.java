import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Activates with HttpClient (which offers HTTP/2), also in chunks and with Expect, and with HttpURLConnection. */
class Client {
    public static void main(String[] args) throws Exception {
        var uri = URI.create(args[0]);
        var body = "{\"activationCode\":\"" + args[1] + "\",\"fingerprint\":\"" + args[2] + "\"}";
        var client = HttpClient.newHttpClient();
        var text = HttpRequest.BodyPublishers.ofString(body);
        var chunks = HttpRequest.BodyPublishers.fromPublisher(text);
        for (var publisher : new HttpRequest.BodyPublisher[] {text, chunks}) {
            var request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json").POST(publisher).build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode() + " " + answer.body());
        }
        var expecting = HttpRequest.newBuilder(uri).header("Content-Type", "application/json").expectContinue(true).POST(text);
        System.out.println(client.send(expecting.build(), HttpResponse.BodyHandlers.ofString()).statusCode());

        var connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body.getBytes("UTF-8"));
        try (InputStream answer = connection.getInputStream()) {
            System.out.println(connection.getResponseCode() + " " + new String(answer.readAllBytes(), "UTF-8"));
        }
    }
}
