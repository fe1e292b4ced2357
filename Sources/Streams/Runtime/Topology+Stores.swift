extension Topology {
    /// Whether any store may need a folder. A store tells only when it is made, so that one of each is.
    var hasPersistentStores: Bool {
        graph.stores.values.contains { entry in
            do {
                return try entry.make().isPersistent
            } catch {
                // What cannot be made fails again, and is reported, when its task opens.
                return true
            }
        }
    }
}
