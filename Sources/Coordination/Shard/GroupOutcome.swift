import Records

/// What an event at a shard gives: the answer to who asked, and what the shell has to do before it may leave.
///
/// Order for the shell: append ``GroupEffects/records`` as one batch. When that fails, `revert` the ``undo`` and answer
/// with an error. Else `replay` each record, and hand out the answer and the replies once the records are committed.
public struct GroupOutcome<Answer: Sendable>: Sendable {
    /// The answer to who asked.
    public let answer: Answer
    /// What the shell has to do.
    public var effects: GroupEffects
    let undo: GroupUndo?

    init(_ answer: Answer, _ effects: GroupEffects = GroupEffects(), undo: GroupUndo? = nil) {
        self.answer = answer
        self.effects = effects
        self.undo = undo
    }
}

/// A group as it was before an event whose records could not be appended.
struct GroupUndo: Sendable {
    let group: GroupID
    /// Nil where the event made the group.
    let previous: ClassicGroup?
    let previousConsumer: ConsumerGroup?
}
