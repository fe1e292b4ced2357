/// Elements in the order of Java's `TreeSet`, also where their order changes after they were put in.
///
/// A tree compares a new element only with those on its way down, so that what comes out depends on the tree's shape once
/// earlier elements are out of order. So this is a red-black tree, balanced as Java's is. Nothing is ever removed.
struct TreeOrder<Element: Equatable> {
    private struct Node {
        let element: Element
        var parent: Int?
        var left: Int?
        var right: Int?
        var isRed = true
    }

    private var nodes: [Node] = []
    private var root: Int?

    /// The elements in order.
    var elements: [Element] {
        var found: [Element] = []
        func visit(_ index: Int?) {
            guard let index else { return }
            visit(nodes[index].left)
            found.append(nodes[index].element)
            visit(nodes[index].right)
        }
        visit(root)
        return found
    }

    /// Puts an element in, unless the way down meets an equal one.
    mutating func insert(_ element: Element, by comesBefore: (Element, Element) -> Bool) {
        var parent: Int?
        var next = root
        var goesLeft = false
        while let index = next {
            if nodes[index].element == element { return }
            parent = index
            goesLeft = comesBefore(element, nodes[index].element)
            next = goesLeft ? nodes[index].left : nodes[index].right
        }
        let new = nodes.count
        nodes.append(Node(element: element, parent: parent))
        guard let parent else {
            root = new
            nodes[new].isRed = false
            return
        }
        if goesLeft { nodes[parent].left = new } else { nodes[parent].right = new }
        balance(new)
    }

    private mutating func balance(_ inserted: Int) {
        var node = inserted
        while node != root, let parent = nodes[node].parent, nodes[parent].isRed, let top = nodes[parent].parent {
            let isLeft = nodes[top].left == parent
            let uncle = isLeft ? nodes[top].right : nodes[top].left
            if let uncle, nodes[uncle].isRed {
                nodes[parent].isRed = false
                nodes[uncle].isRed = false
                nodes[top].isRed = true
                node = top
                continue
            }
            if node == (isLeft ? nodes[parent].right : nodes[parent].left) {
                node = parent
                rotate(node, toLeft: isLeft)
            }
            if let parent = nodes[node].parent, let top = nodes[parent].parent {
                nodes[parent].isRed = false
                nodes[top].isRed = true
                rotate(top, toLeft: !isLeft)
            }
        }
        if let root { nodes[root].isRed = false }
    }

    private mutating func rotate(_ node: Int, toLeft: Bool) {
        guard let child = toLeft ? nodes[node].right : nodes[node].left else { return }
        let inner = toLeft ? nodes[child].left : nodes[child].right
        if toLeft { nodes[node].right = inner } else { nodes[node].left = inner }
        if let inner { nodes[inner].parent = node }
        let parent = nodes[node].parent
        nodes[child].parent = parent
        if let parent {
            if nodes[parent].left == node { nodes[parent].left = child } else { nodes[parent].right = child }
        } else {
            root = child
        }
        if toLeft { nodes[child].left = node } else { nodes[child].right = node }
        nodes[node].parent = child
    }
}
