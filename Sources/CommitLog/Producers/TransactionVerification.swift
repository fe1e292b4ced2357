import Records
import Synchronization

/// Lets one producer's first batch of a transaction into a log, if the coordinator says that the partition belongs to the
/// transaction, and no marker was appended since. See KIP-890.
///
/// Without it a batch that comes late, after the marker that ends its transaction, would begin another one that nobody
/// ever ends.
public struct VerificationGuard: Sendable, Hashable {
    let number: UInt64
}

/// A producer that was let in under no condition yet: its guard, and what to hold against its batches meanwhile.
struct PendingVerification: Sendable, Hashable {
    let verification: VerificationGuard
    let since: Timestamp
    /// A higher sequence must wait until this one was appended, or its retry would be out of order for ever.
    var lowestSequence: Int32
    var epoch: ProducerEpoch
    /// The producer adds its partitions by writing to them, so its first batch has sequence 0.
    let startsAtZero: Bool

    mutating func saw(_ sequence: Int32, _ epoch: ProducerEpoch) {
        if epoch > self.epoch {
            self.epoch = epoch
            lowestSequence = sequence
        } else if epoch == self.epoch {
            lowestSequence = min(lowestSequence, sequence)
        }
    }
}

/// What an append is held to besides the log's own state.
public struct AppendConditions: Sendable, Hashable {
    /// The guard under which the transaction's first batch was verified.
    public var verification: VerificationGuard?
    /// A marker must have a higher epoch than the transaction that it ends: the transaction follows version 2, where
    /// one with the same epoch belongs to the transaction before. See KIP-890.
    public var isMarkerEpochStrict = false

    public init(verification: VerificationGuard? = nil, isMarkerEpochStrict: Bool = false) {
        self.verification = verification
        self.isMarkerEpochStrict = isMarkerEpochStrict
    }
}

extension PartitionLog {
    /// Begins to verify that a producer's transaction has this partition. Nil where its transaction is open here: then
    /// it has been verified before. Any thread.
    ///
    /// `startsAtZero`: the producer adds partitions by writing to them, see version 2 of `transaction.version`.
    public func beginVerification(
        of producerID: ProducerID,
        epoch: ProducerEpoch,
        baseSequence: Int32,
        startsAtZero: Bool,
        now: Timestamp
    ) -> VerificationGuard? {
        producers.withLock { table in
            table.beginVerification(of: producerID, epoch, baseSequence, startsAtZero: startsAtZero, now: now)
        }
    }
}
