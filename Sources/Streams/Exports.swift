// A topic, a time, bytes and headers are named in nearly every application: they come with this module.
@_exported public import Records
