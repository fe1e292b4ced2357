// A topic, an offset, a time, bytes and headers are named by every caller: they come with this module.
@_exported public import Records
