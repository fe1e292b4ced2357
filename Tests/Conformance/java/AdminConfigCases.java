import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The official admin client: configs, and what it tells of the cluster. */
final class AdminConfigCases {
    public static void main(String[] arguments) {
        try (var cases = new Cases(arguments)) {
            var these = new AdminConfigCases(cases);
            cases.run("describeConfigs of a topic: values, sources, synonyms, types, documentation", these::describes);
            cases.run("incrementalAlterConfigs sets, appends, subtracts and deletes", these::alters);
            cases.run("incrementalAlterConfigs refuses what is wrong and changes nothing", these::refuses);
            cases.run("incrementalAlterConfigs validated only changes nothing", these::validates);
            cases.run("broker configs: static ones are read-only, dynamic ones of broker and cluster", these::broker);
            cases.run("describeFeatures and metadata.version", these::features);
            cases.run("listConfigResources", these::resources);
            cases.run("client quotas slow down a producer and a consumer, and lose nothing", these::quotas);
            cases.run("metrics of the client", () -> Cases.check(!cases.admin.metrics().isEmpty(), "metrics"));
        }
    }

    private final Cases cases;

    private AdminConfigCases(Cases cases) {
        this.cases = cases;
    }

    private Config describe(ConfigResource resource) throws Exception {
        var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return Cases.get(cases.admin.describeConfigs(List.of(resource), options).all()).get(resource);
    }

    private void alter(ConfigResource resource, OpType type, String name, String value) throws Exception {
        Collection<AlterConfigOp> operations = List.of(new AlterConfigOp(new ConfigEntry(name, value), type));
        Cases.get(cases.admin.incrementalAlterConfigs(Map.of(resource, operations)).all());
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(Type.TOPIC, name);
    }

    private String node() throws Exception {
        return Cases.get(cases.admin.describeCluster().nodes()).iterator().next().idString();
    }

    void describes() throws Exception {
        cases.topic("described-configs", 1, "segment.bytes", "1048576");
        var configs = describe(topic("described-configs"));
        var segment = configs.get("segment.bytes");
        Cases.equal("1048576", segment.value());
        Cases.equal(ConfigSource.DYNAMIC_TOPIC_CONFIG, segment.source());
        Cases.equal(ConfigEntry.ConfigType.INT, segment.type());
        Cases.check(segment.documentation() != null && segment.documentation().length() > 20, "documentation");
        Cases.equal(List.of("segment.bytes", "log.segment.bytes"),
            segment.synonyms().stream().map(ConfigEntry.ConfigSynonym::name).toList());
        var retention = configs.get("retention.ms");
        Cases.equal("604800000", retention.value());
        Cases.equal(ConfigSource.DEFAULT_CONFIG, retention.source());
        Cases.equal(ConfigEntry.ConfigType.LIST, configs.get("cleanup.policy").type());
        Cases.refused(UnknownTopicOrPartitionException.class, () -> describe(topic("not-there")));
        var one = Cases.get(cases.admin.describeConfigs(List.of(topic("described-configs"))).all());
        Cases.equal(configs.entries().size(), one.values().iterator().next().entries().size());
    }

    void alters() throws Exception {
        cases.topic("altered", 1);
        var it = topic("altered");
        alter(it, OpType.SET, "retention.ms", "5000000");
        Cases.equal("5000000", describe(it).get("retention.ms").value());
        alter(it, OpType.APPEND, "cleanup.policy", "compact");
        Cases.equal(Set.of("delete", "compact"), Set.of(describe(it).get("cleanup.policy").value().split(",")));
        alter(it, OpType.SUBTRACT, "cleanup.policy", "delete");
        Cases.equal("compact", describe(it).get("cleanup.policy").value());
        alter(it, OpType.DELETE, "retention.ms", "");
        Cases.equal("604800000", describe(it).get("retention.ms").value());
        Cases.equal(ConfigSource.DEFAULT_CONFIG, describe(it).get("retention.ms").source());
    }

    void refuses() throws Exception {
        cases.topic("kept", 1);
        var it = topic("kept");
        Cases.refused(InvalidConfigurationException.class, () -> alter(it, OpType.SET, "no.such.config", "1"));
        Cases.refused(InvalidConfigurationException.class, () -> alter(it, OpType.SET, "retention.ms", "soon"));
        Cases.refused(InvalidConfigurationException.class, () -> alter(it, OpType.SET, "retention.ms", "-2"));
        Cases.refused(InvalidConfigurationException.class, () -> alter(it, OpType.SET, "cleanup.policy", "shred"));
        Cases.refused(InvalidConfigurationException.class, () -> alter(it, OpType.APPEND, "retention.ms", "1"));
        Cases.refused(UnknownTopicOrPartitionException.class,
            () -> alter(topic("not-there"), OpType.SET, "retention.ms", "1"));
        Cases.equal("604800000", describe(it).get("retention.ms").value());
    }

    void validates() throws Exception {
        cases.topic("validated", 1);
        Collection<AlterConfigOp> operations =
            List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "77"), OpType.SET));
        Cases.get(cases.admin.incrementalAlterConfigs(Map.of(topic("validated"), operations),
            new AlterConfigsOptions().validateOnly(true)).all());
        Cases.equal("604800000", describe(topic("validated")).get("retention.ms").value());
    }

    void broker() throws Exception {
        var it = new ConfigResource(Type.BROKER, node());
        var all = new ConfigResource(Type.BROKER, "");
        Cases.check(describe(it).get("log.dirs").isReadOnly(), "log.dirs is read-only");
        Cases.equal(ConfigSource.STATIC_BROKER_CONFIG, describe(it).get("log.dirs").source());
        Cases.check(!describe(it).get("log.retention.ms").isReadOnly(), "log.retention.ms is dynamic");
        Cases.refused(InvalidRequestException.class, () -> alter(it, OpType.SET, "log.dirs", "/elsewhere"));
        alter(all, OpType.SET, "log.cleaner.backoff.ms", "20000");
        Cases.equal("20000", describe(it).get("log.cleaner.backoff.ms").value());
        Cases.equal(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, describe(it).get("log.cleaner.backoff.ms").source());
        alter(it, OpType.SET, "log.cleaner.backoff.ms", "30000");
        Cases.equal("30000", describe(it).get("log.cleaner.backoff.ms").value());
        Cases.equal(ConfigSource.DYNAMIC_BROKER_CONFIG, describe(it).get("log.cleaner.backoff.ms").source());
        Cases.equal("20000", describe(all).get("log.cleaner.backoff.ms").value());
        alter(it, OpType.DELETE, "log.cleaner.backoff.ms", "");
        alter(all, OpType.DELETE, "log.cleaner.backoff.ms", "");
        Cases.equal("15000", describe(it).get("log.cleaner.backoff.ms").value());
    }

    void groups() throws Exception {
        var it = new ConfigResource(Type.GROUP, "configured");
        alter(it, OpType.SET, "consumer.session.timeout.ms", "50000");
        Cases.equal("50000", describe(it).get("consumer.session.timeout.ms").value());
        Cases.equal(ConfigSource.DYNAMIC_GROUP_CONFIG, describe(it).get("consumer.session.timeout.ms").source());
        Cases.refused(InvalidConfigurationException.class, () -> alter(it, OpType.SET, "consumer.session.timeout.ms", "1"));
        alter(it, OpType.DELETE, "consumer.session.timeout.ms", "");
        Cases.equal("45000", describe(it).get("consumer.session.timeout.ms").value());
    }

    void cluster() throws Exception {
        var cluster = cases.admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
        Cases.equal(22, Cases.get(cluster.clusterId()).length());
        Cases.equal(1, Cases.get(cluster.nodes()).size());
        var node = Cases.get(cluster.nodes()).iterator().next();
        Cases.equal(cases.address, node.host() + ":" + node.port());
        Cases.equal(node.id(), Cases.get(cluster.controller()).id());
        Cases.check(!Cases.get(cluster.authorizedOperations()).isEmpty(), "operations");
    }

    void features() throws Exception {
        var features = Cases.get(cases.admin.describeFeatures().featureMetadata());
        var version = features.finalizedFeatures().get("metadata.version");
        Cases.check(version.maxVersionLevel() >= 25, "" + version);
        Cases.check(features.supportedFeatures().containsKey("metadata.version"), "supported");
        Cases.check(features.finalizedFeaturesEpoch().isPresent(), "epoch");
    }

    void quorum() throws Exception {
        var quorum = Cases.get(cases.admin.describeMetadataQuorum().quorumInfo());
        Cases.equal(node(), "" + quorum.leaderId());
        Cases.equal(1, quorum.voters().size());
        Cases.equal(quorum.leaderId(), quorum.voters().get(0).replicaId());
        Cases.check(quorum.highWatermark() > 0 && quorum.leaderEpoch() > 0, "" + quorum);
    }

    void logDirs() throws Exception {
        cases.topic("weighed", 2);
        cases.fill("weighed", 1, 100);
        int broker = Integer.parseInt(node());
        var folders = Cases.get(cases.admin.describeLogDirs(List.of(broker)).allDescriptions()).get(broker);
        Cases.equal(1, folders.size());
        var folder = folders.values().iterator().next();
        Cases.equal(null, folder.error());
        Cases.check(folder.totalBytes().getAsLong() >= folder.usableBytes().getAsLong(), "bytes of the volume");
        Cases.check(folder.replicaInfos().get(new TopicPartition("weighed", 0)).size() > 500, "bytes of a partition");
        Cases.equal(0L, folder.replicaInfos().get(new TopicPartition("weighed", 1)).size());
        Cases.check(!folder.replicaInfos().get(new TopicPartition("weighed", 0)).isFuture(), "not a future replica");
    }

    void elections() throws Exception {
        cases.topic("elected", 1);
        var partition = new TopicPartition("elected", 0);
        for (ElectionType type : ElectionType.values()) {
            var thrown = Cases.get(cases.admin.electLeaders(type, Set.of(partition)).partitions()).get(partition);
            Cases.check(thrown.get() instanceof ElectionNotNeededException, type + ": " + thrown);
        }
        var missing = new TopicPartition("not-there", 0);
        var thrown = Cases.get(cases.admin.electLeaders(ElectionType.PREFERRED, Set.of(missing)).partitions()).get(missing);
        Cases.check(thrown.get() instanceof UnknownTopicOrPartitionException, "" + thrown);
    }

    void resources() throws Exception {
        cases.topic("a-resource", 1);
        Cases.check(Cases.get(cases.admin.listConfigResources(Set.of(Type.TOPIC),
            new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all()).contains(topic("a-resource")), "the topic");
        var all = Cases.get(cases.admin.listConfigResources().all());
        Cases.check(all.contains(topic("a-resource")), "the topic among all");
        Cases.check(all.contains(new ConfigResource(Type.BROKER, node())), "the broker among all: " + all);
    }

    /** More than ten seconds' worth goes at once; what comes after is slowed down. */
    void quotas() throws Exception {
        cases.topic("limited", 1);
        var entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "limited"));
        Cases.get(cases.admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(
            new ClientQuotaAlteration.Op("producer_byte_rate", 20000.0),
            new ClientQuotaAlteration.Op("consumer_byte_rate", 20000.0))))).all());
        var value = "x".repeat(2000);
        int count = 110;
        try (var producer = cases.producer("client.id", "limited", "batch.size", "8000")) {
            for (int n = 0; n < count; n++) producer.send(new ProducerRecord<>("limited", "" + n, value));
            producer.flush();
            Cases.check(largest(producer.metrics(), "produce-throttle-time-max") > 0, "the producer was not slowed down");
        }
        try (var consumer = cases.consumer("client.id", "limited")) {
            consumer.assign(List.of(new TopicPartition("limited", 0)));
            Cases.equal(count, Cases.read(consumer, count).size());
            Cases.check(largest(consumer.metrics(), "fetch-throttle-time-max") > 0, "the consumer was not slowed down");
        }
    }

    private static double largest(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.values().stream().filter(metric -> metric.metricName().name().equals(name))
            .map(Metric::metricValue).mapToDouble(found -> (Double) found).filter(found -> !Double.isNaN(found))
            .max().orElse(0);
    }
}
