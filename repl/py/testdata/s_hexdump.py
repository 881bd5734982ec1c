def hexdump(data, width=16):
    lines = []
    for off in range(0, len(data), width):
        chunk = data[off:off + width]
        hexa = " ".join("%02x" % b for b in chunk)
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in chunk)
        lines.append(f"{off:04x}  {hexa:<{width * 3 - 1}}  {text}")
    return "\n".join(lines)
print(hexdump(b"GET / HTTP/1.1\r\nHost: example\r\n\r\n" + bytes(range(20))))
