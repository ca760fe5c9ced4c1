"""Files of messages: judged, kept, named by messages, shown small, and erased with what they belong to.

`names`, `kinds` and `pictures` judge what was sent; `store` alone knows Django's storage; `uploads` takes files in,
`carrying` gives them to messages, `reading` finds them for those who may read them, `previews` makes pictures small.
"""
