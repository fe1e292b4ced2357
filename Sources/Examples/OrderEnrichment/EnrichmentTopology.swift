import ExampleSupport
import Records
import Streams

struct Customer: JSONRecord, Hashable {
    var name: String
    var city: String
}

struct Product: JSONRecord, Hashable {
    var title: String
    var price: Int
}

/// An order names its customer and its product by their keys in the other tables.
struct Order: JSONRecord, Hashable {
    var customerID: String
    var productID: String
    var quantity: Int
}

/// An order with its product, as far as that is known.
struct PricedOrder: JSONRecord, Hashable {
    var order: Order
    var product: Product?
}

/// An order with what the other tables know.
struct EnrichedOrder: JSONRecord, Hashable {
    var customer: String
    var city: String
    var productID: String
    var quantity: Int
    /// Nil until the product is known.
    var product: String?
    var total: Int?
}

/// Three tables in, the enriched orders out.
func enrichmentTopology() throws -> Topology {
    let builder = StreamsBuilder()
    let customers = builder.table("customers", String.self, Customer.self)
    let products = builder.table("products", String.self, Product.self)
    builder.table("orders", String.self, Order.self)
        // Left: an order does not wait for its product.
        .leftJoin(products, foreignKey: { order in order.productID }) { order, product in
            PricedOrder(order: order, product: product)
        }
        // Inner: no order goes out without its customer.
        .join(customers, foreignKey: { priced in priced.order.customerID }) { priced, customer in
            EnrichedOrder(
                customer: customer.name,
                city: customer.city,
                productID: priced.order.productID,
                quantity: priced.order.quantity,
                product: priced.product?.title,
                total: priced.product.map { $0.price * priced.order.quantity }
            )
        }
        .toStream()
        .to("orders-enriched")
    return try builder.build()
}
