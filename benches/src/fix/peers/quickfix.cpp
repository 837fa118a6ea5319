// QuickFIX beside the others: reads and writes what the Rust program beside this file tells it to.
//
//     quickfix DICTIONARY CASE FILE                 commands on standard input: `answer N`, `run N`
//     quickfix DICTIONARY CASE FILE count N         N messages inside `measured_section`, and the end
//     quickfix session ...                          sessions: quickfix_session.h
//
// FILE has a message or an order a line. What was read is told as a line each: `t` before a text, `n` before a number,
// `o` before a whole order; a line `.` ends an answer. A run tells its nanoseconds.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <quickfix/DataDictionary.h>
#include <quickfix/FieldConvertors.h>
#include <quickfix/Message.h>

namespace {

// Tells what comes.
struct Told {
  void text(const std::string &text) { std::cout << 't' << text << '\n'; }
  void number(double number) {
    char line[64];
    std::snprintf(line, sizeof line, "n%.17g\n", number);
    std::cout << line;
  }
  void order(const std::string &order) { std::cout << 'o' << order << '\n'; }
};

// Keeps the compiler from leaving the reading out.
struct Blind {
  void text(const std::string &text) { asm volatile("" : : "r"(&text) : "memory"); }
  void number(double number) { asm volatile("" : : "r"(&number) : "memory"); }
  void order(const std::string &order) { asm volatile("" : : "r"(&order) : "memory"); }
};

class Work {
public:
  Work(const std::string &dictionary, const std::string &name, const std::string &file)
      : dictionary(dictionary), name(name) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
      messages.push_back(line);
    if (messages.empty())
      throw std::runtime_error("no messages");
  }

  template <class Sink> void run(long count, Sink sink) {
    for (long done = 0; done < count; ++done) {
      const std::string &message = messages[next];
      next = (next + 1) % messages.size();
      if (name == "parse")
        parse(message, sink);
      else if (name == "ten")
        ten(message, sink);
      else if (name == "book")
        book(message, sink);
      else
        order(message, sink);
    }
  }

  void restart() { next = 0; }

private:
  template <class Sink> void parse(const std::string &text, Sink &sink) {
    FIX::Message message(text, dictionary, true);
    sink.text(message.getHeader().getField(35));
  }

  template <class Sink> void ten(const std::string &text, Sink &sink) {
    FIX::Message message(text, dictionary, true);
    sink.number(FIX::IntConvertor::convert(message.getHeader().getField(34)));
    for (int tag : {11, 17, 150, 39})
      sink.text(message.getField(tag));
    for (int tag : {38, 44, 32, 31})
      sink.number(FIX::DoubleConvertor::convert(message.getField(tag)));
    sink.text(message.getField(60));
  }

  template <class Sink> void book(const std::string &text, Sink &sink) {
    FIX::Message message(text, dictionary, true);
    int count = static_cast<int>(message.groupCount(268));
    for (int number = 1; number <= count; ++number) {
      const FIX::FieldMap &entry = message.getGroupRef(number, 268);
      sink.text(entry.getField(269));
      sink.number(FIX::DoubleConvertor::convert(entry.getField(270)));
      sink.number(FIX::DoubleConvertor::convert(entry.getField(271)));
    }
  }

  // A line is MsgSeqNum, ClOrdID, quantity, price and the time.
  template <class Sink> void order(const std::string &line, Sink &sink) {
    std::string parts[5];
    std::size_t start = 0;
    for (std::string &part : parts) {
      std::size_t end = line.find(' ', start);
      part.assign(line, start, end == std::string::npos ? end : end - start);
      start = end + 1;
    }
    FIX::Message message;
    FIX::Header &header = message.getHeader();
    header.setField(8, "FIX.4.4");
    header.setField(35, "D");
    header.setField(49, "BUYER");
    header.setField(56, "VENUE");
    header.setField(34, parts[0]);
    header.setField(52, parts[4]);
    message.setField(11, parts[1]);
    message.setField(1, "ACCT-0017");
    message.setField(55, "MSFT");
    message.setField(54, "1");
    message.setField(60, parts[4]);
    message.setField(38, parts[2]);
    message.setField(40, "2");
    message.setField(44, parts[3]);
    message.setField(59, "0");
    message.toString(written);
    sink.order(written);
  }

  FIX::DataDictionary dictionary;
  std::string name;
  std::vector<std::string> messages;
  std::size_t next = 0;
  std::string written;
};

} // namespace

#include "quickfix_session.h"

// What callgrind counts: found by its name.
extern "C" __attribute__((noinline)) void measured_section(Work &work, long count) {
  work.run(count, Blind());
  asm volatile("" : : : "memory");
}

int main(int argc, char **argv) {
  try {
    if (argc > 1 && std::string(argv[1]) == "session")
      return session::main(std::vector<std::string>(argv + 2, argv + argc));
    if (argc != 4 && argc != 6)
      throw std::runtime_error("quickfix DICTIONARY CASE FILE [count N]");
    Work work(argv[1], argv[2], argv[3]);
    if (argc == 6) {
      work.run(64, Blind());
      measured_section(work, std::atol(argv[5]));
      return 0;
    }
    std::string command;
    for (long count; std::cin >> command >> count;) {
      if (command == "answer") {
        work.restart();
        work.run(count, Told());
        std::cout << '.' << std::endl;
      } else {
        auto start = std::chrono::steady_clock::now();
        work.run(count, Blind());
        auto time = std::chrono::steady_clock::now() - start;
        std::cout << std::chrono::nanoseconds(time).count() << std::endl;
      }
    }
  } catch (const std::exception &error) {
    std::cerr << "quickfix: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
