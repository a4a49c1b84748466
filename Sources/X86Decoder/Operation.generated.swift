/// placeholder
@frozen public enum Operation: UInt16, Sendable { case invalid }
