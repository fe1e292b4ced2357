/// A binary heap that gives out equal elements in the order in which Java's `PriorityQueue` does for the same sequence of
/// insertions and removals.
///
/// That order is part of what Kafka Streams does: it decides which of several punctuations with one time comes first.
struct JavaPriorityQueue<Element> {
    private(set) var elements: [Element] = []
    private let isBefore: (Element, Element) -> Bool

    init(_ isBefore: @escaping (Element, Element) -> Bool) { self.isBefore = isBefore }

    /// The first element; nil when there is none.
    var first: Element? { elements.first }

    mutating func insert(_ element: Element) {
        var index = elements.count
        elements.append(element)
        while index > 0 {
            let parent = (index - 1) / 2
            guard isBefore(element, elements[parent]) else { break }
            elements[index] = elements[parent]
            index = parent
        }
        elements[index] = element
    }

    mutating func removeFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        guard !elements.isEmpty else { return first }
        var index = 0
        while 2 * index + 1 < elements.count {
            var child = 2 * index + 1
            if child + 1 < elements.count, isBefore(elements[child + 1], elements[child]) { child += 1 }
            guard isBefore(elements[child], last) else { break }
            elements[index] = elements[child]
            index = child
        }
        elements[index] = last
        return first
    }
}
