// node-smpp as an ESME that listens and is called: prints its port, binds as a receiver when an
// outbind comes, takes one deliver_sm, unbinds. Then prints one JSON object.
const smpp = require("smpp");

const told = {};
const server = smpp.createServer((session) => {
  session.on("outbind", (pdu) => {
    told.outbind = { system_id: pdu.system_id, password: pdu.password };
    session.bind_receiver({ system_id: "demo", password: "demo" }, (answer) => {
      told.bound = { status: answer.command_status, system_id: answer.system_id };
    });
  });
  session.on("deliver_sm", (pdu) => {
    told.text = pdu.short_message.message;
    session.send(pdu.response());
    session.unbind((end) => {
      told.unbound = end.command_status;
      session.close(() => server.close());
    });
  });
  session.on("close", () => {
    console.log(JSON.stringify(told));
    server.close();
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
