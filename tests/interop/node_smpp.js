// A session of node-smpp with a carrier: binds, submits, takes what is delivered, unbinds.
// PORT is the carrier's, TEXTS a JSON list of submit_sm, DELIVERIES how many deliver_sm to take:
// the receipts and what phones send. Prints one JSON object.
const smpp = require("smpp");

const texts = JSON.parse(process.env.TEXTS);
const deliveries = Number(process.env.DELIVERIES);
const told = { submitted: [], delivered: [] };

const session = smpp.connect({ url: `smpp://127.0.0.1:${process.env.PORT}` }, () => {
  session.bind_transceiver({ system_id: "demo", password: "demo" }, (answer) => {
    told.bound = { status: answer.command_status, system_id: answer.system_id };
    texts.forEach((text) => {
      session.submit_sm({ registered_delivery: 1, ...text }, (response) => {
        told.submitted.push({ status: response.command_status, id: response.message_id });
      });
    });
  });
});

session.on("deliver_sm", (pdu) => {
  told.delivered.push({
    esm_class: pdu.esm_class,
    from: pdu.source_addr,
    to: pdu.destination_addr,
    text: pdu.short_message.message,
    id: pdu.receipted_message_id,
    state: pdu.message_state,
  });
  session.send(pdu.response());
  if (told.delivered.length === deliveries) {
    session.enquire_link((answer) => {
      told.enquired = answer.command_status;
      session.unbind((end) => {
        told.unbound = end.command_status;
        session.close();
      });
    });
  }
});

session.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
session.on("close", () => console.log(JSON.stringify(told)));
