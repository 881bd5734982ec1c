import logging, sys
logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
print(logging.getLogger("scapy.runtime").level, logging.getLogger("scapy.runtime").getEffectiveLevel(), logging.ERROR, logging.getLogger().level, logging.getLogger("x").name, logging.getLevelName(30), logging.getLogger("a") is logging.getLogger("a"))
logging.info("not shown")
log = logging.getLogger("net.tcp")
print(log.isEnabledFor(logging.DEBUG), log)
logging.basicConfig(level=logging.DEBUG, format="%(levelname)-8s %(name)s: %(message)s", stream=sys.stdout, force=True)
log.debug("open %s:%d", "10.0.0.1", 80)
log.info("plain 100%")
logging.warning("root %(x)s", {"x": 5})
logging.getLogger("net").setLevel("ERROR")
log.warning("hidden")
log.error("shown")
log.log(logging.CRITICAL, "level")
logging.disable(logging.ERROR)
log.error("disabled")
log.critical("still")
for bad in ["LOUD", None]:
    try:
        log.setLevel(bad)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
