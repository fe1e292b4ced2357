import KafkaClient

/// Where the producer put a record: the client's type, whose name tasks use for another.
typealias ProducedPlace = KafkaClient::RecordMetadata
