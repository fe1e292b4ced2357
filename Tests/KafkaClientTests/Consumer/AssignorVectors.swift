/// Random groups, and what Apache Kafka's assignors made of them.
///
/// `case`: topics, each with the replicas of its partitions, and whether brokers name racks (r0, r1, r2). `member`: id,
/// instance id, rack and generation, then topics, then owned partitions. `assign`: an assignor, then the members' lists.
let assignorVectors = """
    case topicc0=2,0,0,2,2,2 | plain
    member c0-9cef i24 - 4 | topicc0 | 
    member consumer-1-e112 - - 5 | topicc0 | 
    member consumer-2-2d0c - - 5 | topicc0 | 
    assign range | topicc0-0 topicc0-1 | topicc0-2 topicc0-3 | topicc0-4 topicc0-5
    assign roundrobin | topicc0-0 topicc0-3 | topicc0-1 topicc0-4 | topicc0-2 topicc0-5
    assign cooperative-sticky | topicc0-0 topicc0-3 | topicc0-1 topicc0-4 | topicc0-2 topicc0-5
    case topicc0=1,1,2,2,1,0 topicb1=1,1 topica2=1,2,1,0 | plain
    member c0-fe6f i44 - 5 | topicb1 topicc0 | topica2-1 topica2-3 topicb1-1 topicc0-0 topicc0-1 topicc0-2 topicc0-3 topicc0-5
    member consumer-1-92d1 - - 4 | topicb1 | topica2-0 topica2-2
    assign range | topicc0-0 topicc0-1 topicc0-2 topicc0-3 topicc0-4 topicc0-5 topicb1-0 | topicb1-1
    assign roundrobin | topicb1-0 topicc0-0 topicc0-1 topicc0-2 topicc0-3 topicc0-4 topicc0-5 | topicb1-1
    assign cooperative-sticky | topicc0-0 topicc0-1 topicc0-2 topicc0-3 topicc0-5 topicc0-4 | topicb1-0
    case topicb0=1,1,2 topicc1=1,2 topicc2=2 topica3=0,2,0,1,2,2 | plain
    member consumer-0-8f75 - - 5 | topica3 topicb0 topicc1 topicc2 | topica3-2 topica3-4 topicc1-0
    member c1-93cc - - 5 | topica3 topicb0 topicc1 topicc2 | topica3-1 topica3-5 topicb0-0
    member c2-9a83 - - 5 | topica3 topicb0 topicc1 topicc2 | topica3-1 topicb0-0 topicb0-1 topicb0-2
    member consumer-3-bc9d - - -1 | topica3 topicb0 topicc1 topicc2 | 
    assign range | topicb0-2 topica3-4 | topicb0-0 topicc1-0 topicc2-0 topica3-0 topica3-1 | topicb0-1 topicc1-1 topica3-2 topica3-3 | topica3-5
    assign roundrobin | topica3-2 topicb0-0 topicc1-1 | topica3-0 topica3-4 topicb0-2 | topica3-1 topica3-5 topicc1-0 | topica3-3 topicb0-1 topicc2-0
    assign cooperative-sticky | topicc1-0 topica3-2 topica3-4 | topica3-5 topica3-0 | topicb0-1 topicb0-2 | topica3-3 topicc1-1 topicc2-0
    case topica0=2,1,2,0,2,1 topicb1=2,1,1 | plain
    member consumer-0-975a - - 5 | topica0 | topica0-0 topica0-3 topicb1-0
    member consumer-1-cc98 - - 5 |  | topica0-2 topica0-4
    assign range | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5 | 
    assign roundrobin | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5 | 
    assign cooperative-sticky | topica0-0 topica0-3 topica0-1 topica0-5 | 
    case topicb0=2,1,1,0 topicb1=2,0 topicb2=1 topicc3=1 | plain
    member consumer-0-5db8 - - -1 | topicb0 topicb2 topicc3 | 
    member c1-f7bb - - -1 | topicb1 topicc3 | 
    member consumer-2-94db i99 - 5 | topicb0 topicb2 topicc3 | topicb0-3 topicb1-0 topicc3-0
    member c3-b310 - - 5 | topicb1 | topicb0-3
    assign range | topicb0-2 topicb0-3 | topicb1-0 | topicb0-0 topicb0-1 topicb2-0 topicc3-0 | topicb1-1
    assign roundrobin | topicb0-1 topicb0-3 topicb2-0 | topicb1-0 | topicb0-0 topicb0-2 topicc3-0 | topicb1-1
    assign cooperative-sticky | topicb0-0 topicb0-1 |  | topicb0-2 topicb2-0 | topicb1-1
    case topicb0=1 topicb1=2,2,2 topicb2=2,2,2,1 | plain
    member c0-6ba3 - - 5 | topicb0 topicb1 topicb2 | topicb0-0 topicb1-0 topicb1-1 topicb1-2 topicb2-0 topicb2-1 topicb2-2 topicb2-3
    member consumer-1-53d7 - - 5 | topicb0 topicb1 topicb2 | 
    assign range | topicb0-0 topicb1-0 topicb1-1 topicb2-0 topicb2-1 | topicb1-2 topicb2-2 topicb2-3
    assign roundrobin | topicb0-0 topicb1-1 topicb2-0 topicb2-2 | topicb1-0 topicb1-2 topicb2-1 topicb2-3
    assign cooperative-sticky | topicb0-0 topicb1-0 topicb2-0 topicb1-1 | 
    case topicc0=0,0,2,0,0 topica1=2 topicc2=1 | plain
    member c0-2dc3 - - 5 | topica1 topicc0 topicc2 | topica1-0 topicc0-2
    member c1-ded5 - - 5 | topica1 topicc0 topicc2 | topicc0-1 topicc0-3 topicc2-0
    member c2-bddc - - 5 | topica1 topicc2 | topicc0-0
    assign range | topicc0-0 topicc0-1 topicc0-2 topicc2-0 topica1-0 | topicc0-3 topicc0-4 | 
    assign roundrobin | topica1-0 topicc0-1 topicc0-3 | topicc0-0 topicc0-2 topicc0-4 | topicc2-0
    assign cooperative-sticky | topicc0-2 topicc0-4 | topicc0-1 topicc0-3 | 
    case topica0=1,1 | plain
    member consumer-0-7b09 - - -1 | topica0 | 
    member consumer-1-8035 - - 5 | topica0 | topica0-1
    member c2-45d3 - - 5 | topica0 | 
    assign range | topica0-1 |  | topica0-0
    assign roundrobin | topica0-1 |  | topica0-0
    assign cooperative-sticky |  | topica0-1 | topica0-0
    case topicb0=2,1,1,2,0,2 topica1=0,2,0,0,1,0 topicc2=0,2 | plain
    member c0-159b - - 5 | topicb0 topicc2 | topica1-4 topica1-5 topicb0-2 topicc2-0 topicc2-1
    member c1-abb1 i75 - 5 | topicc2 | topica1-1 topica1-2 topica1-3 topica1-4 topicb0-0 topicb0-1 topicb0-3 topicb0-5
    member consumer-2-7106 - - 5 | topica1 topicc2 | 
    assign range | topicb0-0 topicb0-1 topicb0-2 topicb0-3 topicb0-4 topicb0-5 topicc2-1 | topicc2-0 | topica1-0 topica1-1 topica1-2 topica1-3 topica1-4 topica1-5
    assign roundrobin | topicb0-0 topicb0-1 topicb0-2 topicb0-3 topicb0-4 topicb0-5 | topicc2-1 | topica1-0 topica1-1 topica1-2 topica1-3 topica1-4 topica1-5 topicc2-0
    assign cooperative-sticky | topicb0-2 topicb0-4 |  | topica1-0
    case topica0=1,0,1,0,2 topicc1=1,1,1,1 | plain
    member consumer-0-e53f - - 5 | topica0 | topica0-1 topica0-4 topicc1-1
    member c1-ad82 - - 5 | topicc1 | topica0-2 topica0-3 topicc1-0 topicc1-2
    member c2-611b i23 - 5 | topica0 | 
    assign range | topica0-3 topica0-4 | topicc1-0 topicc1-1 topicc1-2 topicc1-3 | topica0-0 topica0-1 topica0-2
    assign roundrobin | topica0-1 topica0-3 | topicc1-0 topicc1-1 topicc1-2 topicc1-3 | topica0-0 topica0-2 topica0-4
    assign cooperative-sticky | topica0-1 topica0-4 | topicc1-0 topicc1-2 topicc1-3 | topica0-0
    case topicb0=2,2 | plain
    member c0-a848 - - 5 |  | topicb0-1
    assign range | 
    assign roundrobin | 
    assign cooperative-sticky | 
    case topica0=0,1,1,0,0 topicc1=0 topicb2=0 topicb3=1,2,0,2 | plain
    member c0-7598 - - 5 | topica0 topicb2 topicb3 topicc1 | 
    member consumer-1-7f3c - - 5 | topica0 topicb2 topicb3 topicc1 | 
    assign range | topicc1-0 topica0-0 topica0-1 topica0-2 topicb2-0 topicb3-0 topicb3-1 | topica0-3 topica0-4 topicb3-2 topicb3-3
    assign roundrobin | topica0-0 topica0-2 topica0-4 topicb3-0 topicb3-2 topicc1-0 | topica0-1 topica0-3 topicb2-0 topicb3-1 topicb3-3
    assign cooperative-sticky | topica0-0 topica0-2 topica0-4 topicb3-0 topicb3-2 topicc1-0 | topica0-1 topica0-3 topicb2-0 topicb3-1 topicb3-3
    case topicb0=2,0,0 topicb1=0,1,1 topicb2=2,2,0,0 | plain
    member c0-88b4 - - 5 | topicb0 topicb1 topicb2 | topicb0-0
    member c1-bc4e - - 4 | topicb0 topicb1 topicb2 | 
    member consumer-2-86b6 - - 5 | topicb0 topicb1 topicb2 | topicb1-1 topicb2-0 topicb2-2
    member c3-884b - - 4 | topicb0 topicb1 topicb2 | 
    member c4-f56b i75 - 5 | topicb0 topicb1 topicb2 | 
    assign range | topicb0-1 topicb1-1 topicb2-1 | topicb0-2 topicb1-2 topicb2-2 |  | topicb2-3 | topicb0-0 topicb1-0 topicb2-0
    assign roundrobin | topicb0-1 topicb2-0 | topicb0-2 topicb2-1 | topicb1-1 topicb2-3 | topicb1-0 topicb2-2 | topicb0-0 topicb1-2
    assign cooperative-sticky | topicb0-0 topicb0-1 | topicb0-2 topicb2-1 | topicb2-0 topicb1-1 | topicb1-0 | topicb1-2 topicb2-3
    case topica0=0,1,0,0,2,1 topicb1=0,1,0,1,1 | plain
    member consumer-0-357b - - 5 | topica0 topicb1 | topica0-4 topica0-5 topicb1-0 topicb1-2 topicb1-3 topicb1-4
    member consumer-1-7841 - - 5 | topica0 topicb1 | topica0-0 topica0-2 topica0-3 topicb1-1
    member consumer-2-a71a - - 5 | topicb1 | topica0-1 topica0-4 topicb1-1 topicb1-2
    assign range | topica0-0 topica0-1 topica0-2 topicb1-0 topicb1-1 | topica0-3 topica0-4 topica0-5 topicb1-2 topicb1-3 | topicb1-4
    assign roundrobin | topica0-0 topica0-2 topica0-4 topicb1-1 topicb1-4 | topica0-1 topica0-3 topica0-5 topicb1-2 | topicb1-0 topicb1-3
    assign cooperative-sticky | topica0-5 topicb1-3 topicb1-4 topica0-4 | topica0-0 topica0-2 topica0-3 | topicb1-1 topicb1-2
    case topicc0=1,1,0,2,0 topicc1=2,0,0,1 topicc2=2,2,0,2,0 | plain
    member consumer-0-270c - - 5 | topicc0 topicc1 topicc2 | topicc0-1 topicc0-2 topicc1-0 topicc2-1 topicc2-3
    member consumer-1-25c6 - - 5 | topicc0 topicc1 topicc2 | topicc1-2
    member c2-f3a9 - - 5 | topicc0 topicc1 topicc2 | topicc0-3 topicc0-4 topicc1-3 topicc2-0 topicc2-4
    member c3-6f5c i92 - 5 | topicc0 topicc1 topicc2 | topicc0-2
    assign range | topicc0-3 topicc1-2 topicc2-3 | topicc0-4 topicc1-3 topicc2-4 | topicc0-2 topicc1-1 topicc2-2 | topicc0-0 topicc0-1 topicc1-0 topicc2-0 topicc2-1
    assign roundrobin | topicc0-2 topicc1-1 topicc2-1 | topicc0-3 topicc1-2 topicc2-2 | topicc0-1 topicc1-0 topicc2-0 topicc2-4 | topicc0-0 topicc0-4 topicc1-3 topicc2-3
    assign cooperative-sticky | topicc1-0 topicc0-1 topicc2-1 topicc2-3 | topicc1-2 topicc2-2 | topicc2-0 topicc0-3 topicc1-3 topicc0-4 | topicc0-0 topicc1-1
    case topica0=1,2,1,2,1 | plain
    member c0-e688 - - 5 | topica0 | topica0-4
    member consumer-1-e44a - - 5 | topica0 | 
    member consumer-2-c860 - - -1 | topica0 | 
    member consumer-3-a516 - - 5 | topica0 | topica0-3
    assign range | topica0-0 topica0-1 | topica0-2 | topica0-3 | topica0-4
    assign roundrobin | topica0-0 topica0-4 | topica0-1 | topica0-2 | topica0-3
    assign cooperative-sticky | topica0-4 topica0-2 | topica0-0 | topica0-1 | topica0-3
    case topicc0=2,2,1 topicb1=1 topicb2=1,2,0,0,1 | plain
    member consumer-0-29aa - - -1 | topicb1 topicb2 topicc0 | 
    member consumer-1-5be5 - - 5 | topicb1 topicb2 topicc0 | topicb2-2 topicb2-3 topicb2-4
    member consumer-2-4e3d - - 5 | topicb1 topicb2 topicc0 | 
    member consumer-3-6ded - - 5 | topicb1 topicb2 topicc0 | topicb1-0 topicc0-1
    member c4-3cd7 i1 - 5 | topicb1 topicb2 topicc0 | 
    assign range | topicc0-1 topicb2-1 | topicc0-2 topicb2-2 | topicb2-3 | topicb2-4 | topicc0-0 topicb1-0 topicb2-0
    assign roundrobin | topicb2-0 topicc0-0 | topicb2-1 topicc0-1 | topicb2-2 topicc0-2 | topicb2-3 | topicb1-0 topicb2-4
    assign cooperative-sticky | topicb2-1 topicc0-2 | topicb2-2 topicb2-3 |  | topicb1-0 topicc0-1 | topicb2-0 topicc0-0
    case topicc0=0 topicb1=1,2,0,1,0 | plain
    member consumer-0-e032 - - 5 | topicb1 topicc0 | topicb1-0 topicb1-2 topicb1-3
    member consumer-1-674d - - 5 | topicb1 topicc0 | topicb1-4 topicc0-0
    assign range | topicc0-0 topicb1-0 topicb1-1 topicb1-2 | topicb1-3 topicb1-4
    assign roundrobin | topicb1-0 topicb1-2 topicb1-4 | topicb1-1 topicb1-3 topicc0-0
    assign cooperative-sticky | topicb1-0 topicb1-2 topicb1-3 | topicc0-0 topicb1-4 topicb1-1
    case topicb0=0,1,0 topica1=1,0,0 | plain
    member consumer-0-e083 - - 5 | topica1 topicb0 | 
    member consumer-1-6ec4 - - 5 | topica1 topicb0 | 
    member consumer-2-2191 - - 5 | topica1 topicb0 | 
    assign range | topicb0-0 topica1-0 | topicb0-1 topica1-1 | topicb0-2 topica1-2
    assign roundrobin | topica1-0 topicb0-0 | topica1-1 topicb0-1 | topica1-2 topicb0-2
    assign cooperative-sticky | topica1-0 topicb0-0 | topica1-1 topicb0-1 | topica1-2 topicb0-2
    case topicb0=1,1,0,1 topicb1=0,0,1,0,1,1 | plain
    member c0-1bed i81 - 5 | topicb0 topicb1 | topicb0-0 topicb0-1 topicb0-2 topicb1-2 topicb1-5
    member consumer-1-5383 i78 - 5 | topicb0 topicb1 | topicb1-3 topicb1-4
    member c2-8c02 - - 5 | topicb0 topicb1 | topicb1-1
    assign range | topicb0-2 topicb1-2 topicb1-3 | topicb0-0 topicb0-1 topicb1-0 topicb1-1 | topicb0-3 topicb1-4 topicb1-5
    assign roundrobin | topicb0-1 topicb1-0 topicb1-3 | topicb0-0 topicb0-3 topicb1-2 topicb1-5 | topicb0-2 topicb1-1 topicb1-4
    assign cooperative-sticky | topicb0-0 topicb0-1 topicb0-2 topicb1-2 | topicb1-3 topicb1-4 topicb1-0 | topicb1-1 topicb0-3
    case topica0=1,0 topica1=0,1,2,2,0 | plain
    member consumer-0-99c0 - - 5 |  | 
    member c1-219c - - 5 | topica0 topica1 | topica1-0
    member consumer-2-aa8d - - 5 |  | topica0-1
    member consumer-3-cc44 - - 5 | topica0 topica1 | topica0-0 topica1-1 topica1-4
    member c4-4c90 - - 4 | topica0 topica1 | topica1-3
    assign range |  | topica0-0 topica1-0 topica1-1 |  | topica1-4 | topica0-1 topica1-2 topica1-3
    assign roundrobin |  | topica0-0 topica1-1 topica1-4 |  | topica1-0 topica1-3 | topica0-1 topica1-2
    assign cooperative-sticky |  | topica1-0 |  | topica0-0 topica1-1 topica1-4 | topica1-3 topica1-2
    case topicc0=1 topicc1=1 topicc2=1,1,0,0,1,0 | plain
    member c0-e8b8 - - 5 | topicc0 topicc1 | 
    member consumer-1-21ba - - 5 | topicc1 | topicc1-0 topicc2-2
    member c2-64c4 - - 5 | topicc1 | topicc2-5
    member consumer-3-879e - - 4 | topicc0 topicc1 topicc2 | topicc2-0
    member c4-fd5b - - 5 | topicc0 topicc1 topicc2 | topicc2-3
    assign range | topicc0-0 topicc1-0 |  |  | topicc2-3 topicc2-4 topicc2-5 | topicc2-0 topicc2-1 topicc2-2
    assign roundrobin | topicc0-0 |  | topicc1-0 | topicc2-1 topicc2-3 topicc2-5 | topicc2-0 topicc2-2 topicc2-4
    assign cooperative-sticky | topicc0-0 | topicc1-0 |  | topicc2-0 | topicc2-3 topicc2-1 topicc2-4
    case topicb0=1,0,0 topicb1=2 topicb2=0,1,1,0 | plain
    member consumer-0-3e14 - - 5 | topicb0 topicb1 topicb2 | topicb0-1 topicb1-0 topicb2-1 topicb2-3
    member consumer-1-802c - - 5 | topicb0 topicb1 topicb2 | topicb0-0
    member consumer-2-f27b - - 5 | topicb0 topicb1 topicb2 | topicb0-2 topicb2-0
    member c3-87ca i20 - 5 | topicb0 topicb1 topicb2 | topicb2-2
    assign range | topicb0-1 topicb2-1 | topicb0-2 topicb2-2 | topicb2-3 | topicb0-0 topicb1-0 topicb2-0
    assign roundrobin | topicb0-1 topicb2-1 | topicb0-2 topicb2-2 | topicb1-0 topicb2-3 | topicb0-0 topicb2-0
    assign cooperative-sticky | topicb1-0 topicb0-1 | topicb0-0 | topicb2-0 topicb0-2 | topicb2-2
    case topica0=2,2,2,1 topicb1=0,1,0,0,0,2 | plain
    member consumer-0-d1fc - - 5 | topica0 topicb1 | topica0-0 topica0-1 topica0-2 topica0-3 topicb1-3 topicb1-4
    member c1-ef0c - - 5 | topica0 topicb1 | topicb1-0 topicb1-1 topicb1-2
    member consumer-2-8470 - - -1 | topica0 topicb1 | 
    assign range | topica0-2 topicb1-2 topicb1-3 | topica0-0 topica0-1 topicb1-0 topicb1-1 | topica0-3 topicb1-4 topicb1-5
    assign roundrobin | topica0-1 topicb1-0 topicb1-3 | topica0-0 topica0-3 topicb1-2 topicb1-5 | topica0-2 topicb1-1 topicb1-4
    assign cooperative-sticky | topica0-0 topica0-1 topica0-2 topica0-3 | topicb1-0 topicb1-1 topicb1-2 | topicb1-5
    case topicb0=2,0,2,0 topicb1=1,2,0,0 topicc2=2,2,0,2 | plain
    member c0-5a42 - - 5 | topicb0 topicb1 topicc2 | 
    member c1-8faf i20 - 5 | topicb0 topicb1 topicc2 | 
    member c2-ccf2 - - 4 | topicb0 topicb1 topicc2 | 
    assign range | topicb0-2 topicb1-2 topicc2-2 | topicb0-0 topicb0-1 topicb1-0 topicb1-1 topicc2-0 topicc2-1 | topicb0-3 topicb1-3 topicc2-3
    assign roundrobin | topicb0-1 topicb1-0 topicb1-3 topicc2-2 | topicb0-0 topicb0-3 topicb1-2 topicc2-1 | topicb0-2 topicb1-1 topicc2-0 topicc2-3
    assign cooperative-sticky | topicb0-0 topicb0-3 topicb1-2 topicc2-1 | topicb0-1 topicb1-0 topicb1-3 topicc2-2 | topicb0-2 topicb1-1 topicc2-0 topicc2-3
    case topicc0=2,2 topicc1=0 | plain
    member consumer-0-c21b - - 5 | topicc1 | topicc1-0
    member c1-c70e - - -1 | topicc0 topicc1 | 
    member c2-7642 - - 5 | topicc0 topicc1 | 
    member consumer-3-ad6f - - 5 | topicc0 topicc1 | 
    member c4-7e46 - - 5 | topicc1 | 
    assign range |  | topicc0-0 topicc1-0 | topicc0-1 |  | 
    assign roundrobin |  | topicc0-0 | topicc0-1 |  | topicc1-0
    assign cooperative-sticky | topicc1-0 | topicc0-0 | topicc0-1 |  | 
    case topica0=0,0,1,2 topicb1=1,2,1 topicc2=0,2,1,2,1 | plain
    member consumer-0-d3f7 i98 - 4 | topicb1 topicc2 | topica0-2 topicb1-1 topicc2-3
    member c1-cfc7 i96 - 5 | topica0 topicc2 | topica0-0 topica0-1 topicb1-2 topicc2-1 topicc2-2 topicc2-4
    member consumer-2-f94c - - 5 | topica0 topicb1 topicc2 | topica0-3 topicb1-0
    assign range | topicb1-0 topicb1-1 topicc2-2 topicc2-3 | topica0-0 topica0-1 topicc2-0 topicc2-1 | topica0-2 topica0-3 topicb1-2 topicc2-4
    assign roundrobin | topicb1-0 topicb1-2 topicc2-2 | topica0-0 topica0-2 topicc2-1 topicc2-4 | topica0-1 topica0-3 topicb1-1 topicc2-0 topicc2-3
    assign cooperative-sticky | topicb1-1 topicc2-3 topicc2-0 | topica0-1 topicc2-1 topicc2-2 topicc2-4 | topica0-3 topicb1-0
    case topicb0=0,0 topicb1=2,0,0,1,0,2 topica2=1,1 | plain
    member consumer-0-1409 - - 4 | topica2 topicb0 topicb1 | 
    member consumer-1-e30d i50 - 5 | topica2 topicb0 | 
    member consumer-2-f4e8 - - 5 | topica2 topicb0 | 
    member c3-bd06 - - 5 | topica2 topicb0 | 
    member consumer-4-5946 - - 5 | topica2 topicb0 | 
    assign range | topicb1-0 topicb1-1 topicb1-2 topicb1-3 topicb1-4 topicb1-5 | topicb0-0 topica2-0 |  | topicb0-1 topica2-1 | 
    assign roundrobin | topicb0-0 topicb1-0 topicb1-1 topicb1-2 topicb1-3 topicb1-4 topicb1-5 | topica2-0 | topicb0-1 | topica2-1 | 
    assign cooperative-sticky | topicb1-0 topicb1-1 topicb1-2 topicb1-3 topicb1-4 topicb1-5 | topica2-1 | topicb0-0 | topica2-0 | topicb0-1
    case topica0=0,2,1,0 topicb1=0,1 | plain
    member c0-f4ac - - 5 | topicb1 | topica0-0 topica0-1 topica0-2 topicb1-0 topicb1-1
    assign range | topicb1-0 topicb1-1
    assign roundrobin | topicb1-0 topicb1-1
    assign cooperative-sticky | topicb1-0 topicb1-1
    case topicb0=1,2 topicb1=0 | plain
    member consumer-0-40e8 - - -1 | topicb0 topicb1 | 
    member consumer-1-85a7 i52 - 5 | topicb0 topicb1 | topicb0-1
    member consumer-2-2dbe - - 5 |  | 
    member consumer-3-4d05 - - 5 | topicb0 topicb1 | 
    member c4-2185 - - 5 | topicb1 | 
    assign range | topicb0-1 | topicb0-0 topicb1-0 |  |  | 
    assign roundrobin | topicb0-1 | topicb0-0 |  | topicb1-0 | 
    assign cooperative-sticky | topicb0-0 | topicb0-1 |  |  | topicb1-0
    case topicc0=0,2,0,2,0 topica1=2,0 topicc2=0,2 topicb3=0,1,2 | plain
    member consumer-0-178b - - -1 | topica1 topicb3 topicc0 topicc2 | 
    member c1-7ff5 - - -1 | topica1 topicb3 topicc0 topicc2 | 
    member c2-f862 - - 4 | topica1 topicb3 topicc0 topicc2 | 
    assign range | topicc0-4 topicb3-2 | topicc0-0 topicc0-1 topicc2-0 topica1-0 topicb3-0 | topicc0-2 topicc0-3 topicc2-1 topica1-1 topicb3-1
    assign roundrobin | topicb3-0 topicc0-0 topicc0-3 topicc2-1 | topica1-0 topicb3-1 topicc0-1 topicc0-4 | topica1-1 topicb3-2 topicc0-2 topicc2-0
    assign cooperative-sticky | topicb3-0 topicc0-0 topicc0-3 topicc2-1 | topica1-0 topicb3-1 topicc0-1 topicc0-4 | topica1-1 topicb3-2 topicc0-2 topicc2-0
    case topicc0=2,2,1 topicc1=2,2,1,0,2,1 topicc2=0 topica3=1,1,1,2,1,0 | plain
    member c0-ef3a - - 5 | topicc0 topicc1 | topica3-0 topica3-1 topica3-2 topica3-4 topica3-5 topicc0-0 topicc0-1 topicc0-2 topicc1-0 topicc1-2 topicc1-3 topicc1-5 topicc2-0
    assign range | topicc0-0 topicc0-1 topicc0-2 topicc1-0 topicc1-1 topicc1-2 topicc1-3 topicc1-4 topicc1-5
    assign roundrobin | topicc0-0 topicc0-1 topicc0-2 topicc1-0 topicc1-1 topicc1-2 topicc1-3 topicc1-4 topicc1-5
    assign cooperative-sticky | topicc0-0 topicc1-0 topicc0-1 topicc0-2 topicc1-2 topicc1-3 topicc1-5 topicc1-1 topicc1-4
    case topica0=2,0,1,1,1,1 | plain
    member consumer-0-ec87 - - 5 | topica0 | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5
    assign range | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5
    assign roundrobin | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5
    assign cooperative-sticky | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5
    case topica0=0,0 topicb1=1,2 topica2=0 | plain
    member consumer-0-9ff3 - - -1 | topica2 | 
    member c1-1624 - - 4 | topica0 topicb1 | topica2-0 topicb1-1
    assign range | topica2-0 | topica0-0 topica0-1 topicb1-0 topicb1-1
    assign roundrobin | topica2-0 | topica0-0 topica0-1 topicb1-0 topicb1-1
    assign cooperative-sticky |  | topicb1-1 topica0-0 topica0-1 topicb1-0
    case topicc0=1,0,1,0 | plain
    member c0-1ed5 - - 5 | topicc0 | 
    member c1-1264 - - 4 |  | topicc0-2
    member consumer-2-1723 - - 5 | topicc0 | 
    member c3-a0df - - 5 | topicc0 | 
    member consumer-4-3118 - - 5 |  | 
    assign range | topicc0-0 topicc0-1 |  | topicc0-3 | topicc0-2 | 
    assign roundrobin | topicc0-0 topicc0-3 |  | topicc0-2 | topicc0-1 | 
    assign cooperative-sticky | topicc0-0 topicc0-3 |  |  | topicc0-1 | 
    case topicb0=1,0 topica1=1 topica2=1,1,1,1,0,0 | plain
    member consumer-0-e266 - - 5 | topica1 topicb0 | 
    member consumer-1-8d5d - - 5 | topica1 topica2 topicb0 | topica2-0 topica2-2 topica2-5 topicb0-0
    member c2-5c43 - - 5 | topica2 | topica2-3 topicb0-1
    member consumer-3-b0d3 - - 5 | topica2 topicb0 | topica1-0 topica2-4
    member c4-be4a i16 - 5 | topicb0 | 
    assign range | topicb0-1 topica1-0 | topica2-2 topica2-3 | topica2-0 topica2-1 | topica2-4 topica2-5 | topicb0-0
    assign roundrobin | topica1-0 topicb0-0 | topica2-0 topica2-3 topicb0-1 | topica2-2 topica2-5 | topica2-1 topica2-4 | 
    assign cooperative-sticky |  | topica2-2 topica2-5 | topica2-3 topica2-1 | topica2-4 | 
    case topicb0=2,2 topica1=1,2,2,2,1,2 topica2=0,0 topicc3=1 | plain
    member c0-47b5 - - 5 | topica1 topicb0 topicc3 | topica1-0 topicb0-1 topicc3-0
    member c1-a990 - - 5 | topica2 topicc3 | topica2-0
    member consumer-2-970f - - 5 | topica1 topica2 topicb0 topicc3 | 
    member consumer-3-68b6 - - -1 | topica1 topica2 topicb0 topicc3 | 
    member consumer-4-1925 - - 5 | topica1 topica2 topicb0 topicc3 | 
    assign range | topicb0-0 topica1-0 topica1-1 topicc3-0 | topica2-0 | topicb0-1 topica1-2 topica1-3 topica2-1 | topica1-4 | topica1-5
    assign roundrobin | topica1-0 topica1-4 topicb0-0 |  | topica1-1 topica1-5 topicb0-1 | topica1-2 topica2-0 topicc3-0 | topica1-3 topica2-1
    assign cooperative-sticky | topica1-0 topicb0-1 topicc3-0 | topica2-0 topica2-1 | topica1-1 topica1-4 | topica1-2 topica1-5 | topica1-3 topicb0-0
    case topica0=1,1,1,2,2,0 topicb1=0,2,2,0,1 topica2=0,2 topica3=0 | plain
    member c0-b10a i89 - 5 | topica0 topica2 topica3 topicb1 | 
    member c1-f72b - - 5 | topica0 topica2 topica3 topicb1 | 
    assign range | topica0-0 topica0-1 topica0-2 topicb1-0 topicb1-1 topicb1-2 topica2-0 topica3-0 | topica0-3 topica0-4 topica0-5 topicb1-3 topicb1-4 topica2-1
    assign roundrobin | topica0-0 topica0-2 topica0-4 topica2-0 topica3-0 topicb1-1 topicb1-3 | topica0-1 topica0-3 topica0-5 topica2-1 topicb1-0 topicb1-2 topicb1-4
    assign cooperative-sticky | topica0-0 topica0-2 topica0-4 topica2-0 topica3-0 topicb1-1 topicb1-3 | topica0-1 topica0-3 topica0-5 topica2-1 topicb1-0 topicb1-2 topicb1-4
    case topicc0=2,1 topica1=2,2,0,0,2 | plain
    member consumer-0-58f4 - - 4 | topica1 topicc0 | topica1-1 topica1-2 topica1-3 topica1-4
    member consumer-1-cc33 - - 5 | topica1 topicc0 | topicc0-0 topicc0-1
    assign range | topicc0-0 topica1-0 topica1-1 topica1-2 | topicc0-1 topica1-3 topica1-4
    assign roundrobin | topica1-0 topica1-2 topica1-4 topicc0-1 | topica1-1 topica1-3 topicc0-0
    assign cooperative-sticky | topica1-1 topica1-2 topica1-3 topica1-4 | topicc0-0 topicc0-1 topica1-0
    case topicb0=2,1 topica1=1,0,2 topicb2=1,1,2,1 topica3=0,1,2,0,0,2 | plain
    member c0-5642 - - 5 | topica1 topica3 topicb0 topicb2 | topica3-0 topicb0-0 topicb2-0 topicb2-1 topicb2-2 topicb2-3
    member consumer-1-7809 - - 5 | topica1 topica3 topicb0 topicb2 | topica1-1 topica3-1 topica3-5
    member consumer-2-940d - - 5 | topica1 topica3 topicb0 topicb2 | topica1-2 topica3-1 topicb0-1
    assign range | topicb0-0 topica1-0 topicb2-0 topicb2-1 topica3-0 topica3-1 | topicb0-1 topica1-1 topicb2-2 topica3-2 topica3-3 | topica1-2 topicb2-3 topica3-4 topica3-5
    assign roundrobin | topica1-0 topica3-0 topica3-3 topicb0-0 topicb2-1 | topica1-1 topica3-1 topica3-4 topicb0-1 topicb2-2 | topica1-2 topica3-2 topica3-5 topicb2-0 topicb2-3
    assign cooperative-sticky | topica3-0 topicb0-0 topicb2-0 topicb2-1 topicb2-2 | topica1-1 topica3-5 topica1-0 topica3-2 topica3-4 | topicb0-1 topica1-2 topica3-3
    case topicc0=2,0,2,0,2,1 topicb1=2 topicc2=2,0,0,1 | plain
    member c0-2efc i29 - 5 | topicb1 topicc0 topicc2 | 
    member c1-233d - - 5 | topicb1 topicc0 topicc2 | 
    assign range | topicc0-0 topicc0-1 topicc0-2 topicb1-0 topicc2-0 topicc2-1 | topicc0-3 topicc0-4 topicc0-5 topicc2-2 topicc2-3
    assign roundrobin | topicb1-0 topicc0-1 topicc0-3 topicc0-5 topicc2-1 topicc2-3 | topicc0-0 topicc0-2 topicc0-4 topicc2-0 topicc2-2
    assign cooperative-sticky | topicb1-0 topicc0-1 topicc0-3 topicc0-5 topicc2-1 topicc2-3 | topicc0-0 topicc0-2 topicc0-4 topicc2-0 topicc2-2
    case topicb0=0,0,0 topicb1=0,0,2,2 | plain
    member c0-a63b - - 4 | topicb1 | topicb1-2
    member consumer-1-4961 i51 - -1 | topicb0 | 
    member c2-65e5 - - 5 | topicb0 topicb1 | topicb0-0 topicb1-3
    member c3-b41b - - 5 | topicb0 topicb1 | topicb0-1 topicb1-0 topicb1-1
    member consumer-4-502a - - 5 | topicb1 | 
    assign range | topicb1-0 | topicb0-0 | topicb0-1 topicb1-1 | topicb0-2 topicb1-2 | topicb1-3
    assign roundrobin | topicb1-1 | topicb0-0 | topicb0-1 topicb1-2 | topicb0-2 topicb1-3 | topicb1-0
    assign cooperative-sticky | topicb1-2 | topicb0-2 | topicb0-0 topicb1-3 | topicb1-1 | 
    case topicb0=2 | plain
    member c0-e807 - - 5 | topicb0 | topicb0-0
    assign range | topicb0-0
    assign roundrobin | topicb0-0
    assign cooperative-sticky | topicb0-0
    case topicc0=0,0,0 topicb1=1,0,0,1 | plain
    member c0-1655 i71 - 5 | topicb1 topicc0 | topicb1-2
    member c1-65d9 - - 5 | topicb1 topicc0 | topicb1-3
    member consumer-2-3b83 - - 5 | topicb1 topicc0 | topicc0-1
    member consumer-3-3178 i80 - 5 | topicb1 topicc0 | 
    assign range | topicc0-0 topicb1-0 | topicc0-2 topicb1-2 | topicb1-3 | topicc0-1 topicb1-1
    assign roundrobin | topicb1-0 topicc0-0 | topicb1-2 topicc0-2 | topicb1-3 | topicb1-1 topicc0-1
    assign cooperative-sticky | topicb1-2 topicb1-1 | topicb1-3 topicc0-0 | topicc0-1 topicc0-2 | topicb1-0
    case topicb0=1,0,2,1,2 topicc1=2,1,1 | plain
    member c0-e2c9 - - 5 | topicb0 topicc1 | topicb0-1 topicb0-4 topicc1-1 topicc1-2
    assign range | topicb0-0 topicb0-1 topicb0-2 topicb0-3 topicb0-4 topicc1-0 topicc1-1 topicc1-2
    assign roundrobin | topicb0-0 topicb0-1 topicb0-2 topicb0-3 topicb0-4 topicc1-0 topicc1-1 topicc1-2
    assign cooperative-sticky | topicb0-1 topicc1-1 topicc1-2 topicb0-4 topicb0-0 topicb0-2 topicb0-3 topicc1-0
    case topica0=2,2 topicc1=2 topicb2=2,2 topicc3=0 | plain
    member consumer-0-afcb - - 5 | topicb2 topicc1 | topica0-0 topica0-1
    member c1-c976 - - 5 | topica0 topicc1 | topicb2-0 topicb2-1
    member c2-59be - - 5 | topicb2 topicc3 | 
    member consumer-3-d62b - - 5 | topicb2 topicc3 | topicc1-0 topicc3-0
    assign range | topicb2-1 | topicc1-0 topica0-0 topica0-1 | topicb2-0 topicc3-0 | 
    assign roundrobin | topicb2-1 | topica0-0 topica0-1 topicc1-0 | topicb2-0 topicc3-0 | 
    assign cooperative-sticky |  |  |  | topicc3-0
    case topicb0=2,1,2,1,0,2 topicb1=2,0,2,1,2 topica2=1 topica3=0,0,1 | plain
    member consumer-0-581d i85 - 5 | topicb0 topicb1 | topica3-1 topica3-2 topicb0-0 topicb0-2 topicb0-5 topicb1-2 topicb1-3 topicb1-4
    member c1-aeb4 i94 - 5 | topica2 topicb0 topicb1 | topica2-0 topica3-0 topicb0-2 topicb0-3 topicb0-4 topicb1-0 topicb1-1
    assign range | topicb0-0 topicb0-1 topicb0-2 topicb1-0 topicb1-1 topicb1-2 | topicb0-3 topicb0-4 topicb0-5 topicb1-3 topicb1-4 topica2-0
    assign roundrobin | topicb0-0 topicb0-2 topicb0-4 topicb1-0 topicb1-2 topicb1-4 | topica2-0 topicb0-1 topicb0-3 topicb0-5 topicb1-1 topicb1-3
    assign cooperative-sticky | topicb0-0 topicb0-5 topicb1-2 topicb1-3 topicb1-4 topicb0-2 | topica2-0 topicb0-3 topicb0-4 topicb1-0 topicb1-1 topicb0-1
    case topicc0=2,0,0,1,0 topica1=2,2 | plain
    member c0-35cf - - 5 | topica1 topicc0 | 
    member consumer-1-6b6a - - 5 | topica1 topicc0 | 
    assign range | topicc0-0 topicc0-1 topicc0-2 topica1-0 | topicc0-3 topicc0-4 topica1-1
    assign roundrobin | topica1-0 topicc0-0 topicc0-2 topicc0-4 | topica1-1 topicc0-1 topicc0-3
    assign cooperative-sticky | topica1-0 topicc0-0 topicc0-2 topicc0-4 | topica1-1 topicc0-1 topicc0-3
    case topicc0=1,1,2 topica1=0,0,2,2,2,2 | plain
    member consumer-0-6c8b - - 5 | topica1 topicc0 | topica1-4
    member c1-51aa - - 4 | topica1 topicc0 | topica1-0 topica1-3
    member c2-c44e - - 5 | topica1 topicc0 | topica1-5 topicc0-1
    member consumer-3-da4d - - 4 | topica1 topicc0 | 
    assign range | topicc0-2 topica1-4 | topicc0-0 topica1-0 topica1-1 | topicc0-1 topica1-2 topica1-3 | topica1-5
    assign roundrobin | topica1-2 topicc0-0 | topica1-0 topica1-4 topicc0-2 | topica1-1 topica1-5 | topica1-3 topicc0-1
    assign cooperative-sticky | topica1-4 topica1-1 | topica1-0 topica1-3 topicc0-2 | topicc0-1 topica1-5 | topica1-2 topicc0-0
    case topicc0=0 topicb1=0,1,1 | plain
    member consumer-0-4142 - - 5 | topicc0 | topicb1-1 topicb1-2 topicc0-0
    assign range | topicc0-0
    assign roundrobin | topicc0-0
    assign cooperative-sticky | topicc0-0
    case topica0=1,1,2,2,0,0 topicb1=2,0,1,0,2,1 topicb2=0 | plain
    member consumer-0-baba i4 - 5 | topica0 topicb2 | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5 topicb1-0 topicb1-1 topicb1-2 topicb1-3 topicb1-4
    assign range | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5 topicb2-0
    assign roundrobin | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5 topicb2-0
    assign cooperative-sticky | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5 topicb2-0
    case topica0=1,1,2,2 | plain
    member c0-18e0 - - 5 |  | topica0-0 topica0-1 topica0-2
    assign range | 
    assign roundrobin | 
    assign cooperative-sticky | 
    case topicc0=2 topicc1=0,2,1,1,2 topicc2=2,0,2 | plain
    member c0-5116 i92 - -1 | topicc0 topicc1 topicc2 | 
    assign range | topicc0-0 topicc1-0 topicc1-1 topicc1-2 topicc1-3 topicc1-4 topicc2-0 topicc2-1 topicc2-2
    assign roundrobin | topicc0-0 topicc1-0 topicc1-1 topicc1-2 topicc1-3 topicc1-4 topicc2-0 topicc2-1 topicc2-2
    assign cooperative-sticky | topicc0-0 topicc1-0 topicc1-1 topicc1-2 topicc1-3 topicc1-4 topicc2-0 topicc2-1 topicc2-2
    case topicc0=0,2,2,2,0,2 | plain
    member c0-3a75 - - 5 | topicc0 | 
    member c1-e0a9 - - 5 | topicc0 | 
    assign range | topicc0-0 topicc0-1 topicc0-2 | topicc0-3 topicc0-4 topicc0-5
    assign roundrobin | topicc0-0 topicc0-2 topicc0-4 | topicc0-1 topicc0-3 topicc0-5
    assign cooperative-sticky | topicc0-0 topicc0-2 topicc0-4 | topicc0-1 topicc0-3 topicc0-5
    case topica0=0,2,1,1 topicb1=1,2,1,0 | plain
    member consumer-0-97b4 i7 - 5 | topicb1 | topica0-0 topicb1-2 topicb1-3
    member c1-f32e - - 5 | topica0 topicb1 | topica0-1 topica0-2 topicb1-0
    member c2-1e60 - - 5 | topica0 | topicb1-1
    assign range | topicb1-0 topicb1-1 | topica0-0 topica0-1 topicb1-2 topicb1-3 | topica0-2 topica0-3
    assign roundrobin | topicb1-0 topicb1-2 | topica0-0 topica0-2 topicb1-1 topicb1-3 | topica0-1 topica0-3
    assign cooperative-sticky | topicb1-2 topicb1-3 | topica0-1 topica0-2 topicb1-0 | topica0-3
    case topicb0=2,2 topicc1=0,1 topicb2=0,0,1 topica3=1,2 | plain
    member c0-ee64 - - 5 | topica3 topicb0 topicb2 topicc1 | topicc1-1
    member c1-6113 - - 5 | topica3 topicb0 topicb2 topicc1 | 
    member consumer-2-47e0 - - 5 | topica3 topicb0 topicb2 topicc1 | topicb0-0 topicb2-0
    member consumer-3-dd29 i80 - 5 | topica3 topicb0 topicb2 topicc1 | topicb0-1
    member consumer-4-dbb3 - - -1 | topica3 topicb0 topicb2 topicc1 | 
    assign range | topicb0-1 topicc1-1 topicb2-1 topica3-1 | topicb2-2 |  | topicb0-0 topicc1-0 topicb2-0 topica3-0 | 
    assign roundrobin | topica3-1 topicb2-2 | topicb0-0 topicc1-0 | topicb0-1 topicc1-1 | topica3-0 topicb2-1 | topicb2-0
    assign cooperative-sticky | topicc1-1 topicb2-1 | topica3-0 topicc1-0 | topicb0-0 topicb2-0 | topicb0-1 topicb2-2 | topica3-1
    case topica0=0,1 | plain
    member c0-c1c4 - - 5 | topica0 | topica0-0 topica0-1
    assign range | topica0-0 topica0-1
    assign roundrobin | topica0-0 topica0-1
    assign cooperative-sticky | topica0-0 topica0-1
    case topica0=0,2,2,0,1,0 topicc1=2,1,1,0,0,1 topicc2=0 topica3=1,1,2,1 | plain
    member consumer-0-7d03 - - -1 | topica3 topicc2 | 
    member c1-7001 - - 5 | topica0 | topica0-1 topica3-1 topica3-2 topicc1-2 topicc1-3 topicc1-4
    assign range | topicc2-0 topica3-0 topica3-1 topica3-2 topica3-3 | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5
    assign roundrobin | topica3-0 topica3-1 topica3-2 topica3-3 topicc2-0 | topica0-0 topica0-1 topica0-2 topica0-3 topica0-4 topica0-5
    assign cooperative-sticky | topica3-0 topica3-3 topicc2-0 | topica0-1 topica0-0 topica0-2 topica0-3 topica0-4 topica0-5
    case topicc0=0,2 topica1=1,2,1,2,1,2 topicc2=2,1,1,0,2 | plain
    member c0-b92b - - 5 | topicc2 | topicc0-1
    member consumer-1-982a i92 - 5 | topica1 topicc2 | topica1-1 topica1-5 topicc2-4
    member c2-1683 - - -1 | topica1 topicc2 | 
    member c3-7cfb - - 5 | topicc2 | topicc2-0 topicc2-3
    member consumer-4-8fac - - 4 | topica1 topicc0 | topicc0-0 topicc2-1
    assign range | topicc2-2 | topicc2-0 topicc2-1 topica1-0 topica1-1 | topicc2-3 topica1-2 topica1-3 | topicc2-4 | topicc0-0 topicc0-1 topica1-4 topica1-5
    assign roundrobin | topicc2-1 | topica1-0 topica1-3 topicc2-0 topicc2-4 | topica1-1 topica1-4 topicc2-2 | topicc2-3 | topica1-2 topica1-5 topicc0-0 topicc0-1
    assign cooperative-sticky | topicc2-2 | topica1-1 topica1-5 topicc2-4 | topica1-0 topica1-2 topica1-3 | topicc2-0 topicc2-3 | topicc0-0 topica1-4
    case topica0=1,1,1 | plain
    member consumer-0-3927 - - 5 |  | topica0-1
    member consumer-1-3ff1 i56 - 5 |  | topica0-0
    member c2-429c - - -1 | topica0 | 
    member c3-54ae - - 5 | topica0 | topica0-0
    member consumer-4-4b9d - - 5 |  | 
    assign range |  |  | topica0-0 topica0-1 | topica0-2 | 
    assign roundrobin |  |  | topica0-0 topica0-2 | topica0-1 | 
    assign cooperative-sticky |  |  | topica0-2 |  | 
    """
