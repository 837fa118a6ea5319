-- A tap of tshark: prints each frame that the WebSocket dissector finds, as it stands in the stream.
-- Which way it goes, FIN, opcode, and the unmasked payload in hexadecimal, with tabs between.

local fields = {
    direction = Field.new("frame.packet_flags_direction"),
    fin = Field.new("websocket.fin"),
    opcode = Field.new("websocket.opcode"),
    payload = Field.new("websocket.payload"),
}
local tap = Listener.new("frame", "websocket")

function tap.packet()
    local way = fields.direction().value == 1 and "in" or "out"
    local fins, payloads = { fields.fin() }, { fields.payload() }
    for number, opcode in ipairs({ fields.opcode() }) do
        -- No frame of the session is empty, so each has a payload.
        local payload = tostring(payloads[number].range:bytes())
        print(way, fins[number].value and 1 or 0, opcode.value, payload)
    end
end
