"""Speaks Jupyter's protocol to a kernel for the tests: commands on standard input, every message on standard output, both as lines of JSON."""

import asyncio
import json
import sys

from jupyter_client.manager import AsyncKernelManager


def say(**what):
    sys.stdout.write(json.dumps(what, default=str) + "\n")
    sys.stdout.flush()


async def watch(name, channel):
    while True:
        message = await channel.get_msg(timeout=None)
        say(
            channel=name,
            type=message["msg_type"],
            parent=message["parent_header"].get("msg_id"),
            content=message["content"],
        )


async def main(folder):
    manager = AsyncKernelManager(kernel_name="tslab")
    await manager.start_kernel(cwd=folder)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    watchers = [
        asyncio.ensure_future(watch(name, getattr(client, f"{name}_channel")))
        for name in ("iopub", "shell", "control")
    ]
    say(ready=True)
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            break
        command = json.loads(line)
        name = command.pop("do")
        if name == "interrupt":
            await manager.interrupt_kernel()
        elif name == "alive":
            say(answer=command["id"], value=await manager.is_alive())
        elif name == "shutdown":
            await manager.shutdown_kernel()
            say(answer=command["id"], value=not await manager.is_alive())
        elif name == "send":
            message = client.session.msg(command["type"], command["content"])
            getattr(client, f"{command['channel']}_channel").send(message)
            say(answer=command["id"], value=message["header"]["msg_id"])
        else:
            number = command.pop("id")
            say(answer=number, value=getattr(client, name)(**command))
    for watcher in watchers:
        watcher.cancel()
    client.stop_channels()
    if manager.has_kernel:
        await manager.shutdown_kernel(now=True)


asyncio.run(main(sys.argv[1]))
