--!= a copy is said and not done
image.copy("{at}:v1", "{to}:v1")
print((pcall(manifest.head, "{to}:v1")))
--!= deletes are said and not done
tag.delete("{at}:single")
manifest.head("{at}:v1"):delete()
print((pcall(manifest.head, "{at}:single")), (pcall(manifest.head, "{at}:v1")))
--== reading is done
print(#tag.ls("{at}"), manifest.get("{at}:single").mediaType, image.config("{at}:single").author)
--== a script that writes nothing prints nothing more
print("x")
