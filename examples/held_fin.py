# Two real kernels close at the same time, and the host in the middle holds the
# client's FIN until the client's own ACK of the server's FIN has overtaken it. What
# reaches the server is an ACK from beyond a hole, then a FIN with an old ack number.
# Is that FIN taken as it comes, or only when it is sent again?
#   pktsh examples/held_fin.py
import time
net = lab(middle=True)

def state(host, port):
    rows = [s.state for s in sockets(port=port, netns=host) if s.state != "LISTEN"]
    return ", ".join(rows) or "no socket"

def run(how, port):
    print("both ends", how)
    srv = net.server.socket()
    srv.bind(("", port))
    srv.listen(1)
    cli = net.client.socket()
    cli.connect((net.server.ip, port))
    conn, peer = srv.accept()
    end = (lambda s: s.close()) if how == "close()" else (lambda s: s.shutdown(2))
    start = time.time()

    def show(what):
        print("  %4.0f ms  %-36s client: %-11s server: %s" % ((time.time() - start) * 1000, what,
              state(net.client, port), state(net.server, port)))

    fin = "tcp port %d and tcp[tcpflags] & tcp-fin " % port
    fins = net.middle.hold(fin + "!= 0", src="client")
    theirs = net.middle.allow(fin + "!= 0", src="server")
    acks = net.middle.allow(fin + "== 0", src="client")
    answers = net.middle.allow(fin + "== 0", src="server")
    show("connected")
    end(cli)
    fins.wait(timeout=1)
    show("the client's FIN is held")
    end(conn)
    theirs.wait(timeout=1)
    acks.wait(timeout=1)
    show("its ACK of the server's FIN passed")
    net.middle.release()
    answers.wait(timeout=1)
    show("the FIN follows")
    late, answer = fins.packets[0][TCP], answers.packets[0][TCP]
    print("        FIN  seq %d ack %d   overtaken by ACK seq %d ack %d" % (late.seq, late.ack, acks.packets[0].seq, acks.packets[0].ack))
    print("        the server answers ack %d" % answer.ack)
    taken = answer.ack == (late.seq + 1) % 2**32
    time.sleep(0.5)                      # long enough for the client to send it again
    show("half a second later")
    net.middle.clear()
    cli.close()
    conn.close()
    return "taken at once" if taken else "ignored, with an ACK of the byte before it"

a = run("shutdown(SHUT_RDWR)", 7000)
b = run("close()", 7100)
print("verdict: after shutdown the overtaken FIN was", a, "/ after close it was", b)
