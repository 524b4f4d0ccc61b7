import acme

client = acme.Client()
# [end:setup]
client.run()
