import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/** A line in: a record's partition key and data, in base64. A line out: its user records as the KCL takes them apart. */
public class ReadAggregates {
  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var util = new AggregatorUtil();
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split(" ");
      var record = KinesisClientRecord.builder()
          .partitionKey(new String(Base64.getDecoder().decode(parts[0]), StandardCharsets.UTF_8))
          .sequenceNumber("49")
          .approximateArrivalTimestamp(Instant.EPOCH)
          .data(ByteBuffer.wrap(Base64.getDecoder().decode(parts[1])))
          .build();
      var out = new StringBuilder();
      for (KinesisClientRecord each : util.deaggregate(List.of(record))) {
        byte[] data = new byte[each.data().remaining()];
        each.data().get(data);
        String hash = each.explicitHashKey() == null ? "" : each.explicitHashKey();
        out.append(base64(each.partitionKey().getBytes(StandardCharsets.UTF_8))).append(',').append(hash).append(',');
        out.append(base64(data)).append(',').append(each.subSequenceNumber()).append(';');
      }
      System.out.println(out);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
